import type { CompressionCodec, FileMetaData } from "hyparquet";
import { UserError } from "../../../util/errors.ts";
import type { Container } from "../container.ts";
import { absentKey } from "./columnTypes.ts";
import { openParquet, type ParquetFile, type RawRow } from "./openParquet.ts";
import { ParquetRow } from "./parquetRow.ts";
import { editRaw } from "./rawEdits.ts";
import { pathKey, type Reading, readValue } from "./readValue.ts";
import { SinkWriter } from "./sinkWriter.ts";
import { writeParquet } from "./writeParquet.ts";

/** Apache Parquet: columns with types, in groups of rows. Read and written a group at a time. */
export const parquet: Container = {
  id: "parquet",
  async *rows(source, check = "before") {
    const file = await openParquet(source);
    const readRow = rowReader(file);
    let index = 0;
    for await (const group of file.groups()) {
      for (const raw of group) {
        const row = readRow(raw, index++);
        if (check === "before") row.expectSound();
        yield row;
        if (check === "after") row.expectSound();
      }
    }
    if (index === 0) throw new UserError(`${source.name}: expected rows, found none`);
  },
  async rewrite(source, sinks, editsOf) {
    const file = await openParquet(source);
    const { metadata, columns, physical } = file;
    const old = columns.find(({ element }) => element.type === "INT96");
    if (old) {
      throw new UserError(
        `${source.name}: column "${old.element.name}" holds timestamps of the old type INT96, which is not written; store it with another type`,
      );
    }
    const readRow = rowReader(file);
    const { key_value_metadata: facts, created_by: by } = metadata;
    const writers = sinks.map((sink) => new SinkWriter(sink, physical, facts, by));
    const codecs = codecsOf(metadata);
    let index = 0;
    for await (const group of file.groups()) {
      const ofSinks: RawRow[][] = sinks.map(() => []);
      for (const raw of group) {
        const row = readRow(raw, index++);
        const edits = editsOf(row);
        for (const [i, rows] of ofSinks.entries()) {
          const own = edits[i] ?? [];
          rows.push(own.length > 0 ? editRaw(raw, columns, own, row.where) : raw);
        }
      }
      for (const [i, rows] of ofSinks.entries()) {
        const data = columns.map(({ element: { name } }) => ({
          name,
          data: rows.map((row) => row[name]),
          codec: codecs.get(name) ?? "SNAPPY",
        }));
        await (writers[i] as SinkWriter).writeGroup(data, rows.length);
      }
    }
    if (index === 0) throw new UserError(`${source.name}: expected rows, found none`);
    for (const writer of writers) await writer.finish(metadata.schema);
  },
  write: writeParquet,
};

function rowReader({ name, columns, metadata }: ParquetFile): (raw: RawRow, index: number) => ParquetRow {
  const told = metadata.key_value_metadata?.find(({ key }) => key === absentKey)?.value;
  const absent = told === undefined ? undefined : new Set((JSON.parse(told) as string[][]).map(pathKey));
  return (raw, index) => {
    const where = `${name}, row ${index + 1}`;
    const read = (exact: boolean): Record<string, unknown> => {
      const reading: Reading = { exact, where, absent };
      return Object.fromEntries(
        columns.flatMap((column): [string, unknown][] => {
          const path = [column.element.name] as const;
          const value = readValue(raw[path[0]], column, path, reading);
          return value === null && absent?.has(pathKey(path)) ? [] : [[path[0], value]];
        }),
      );
    };
    return new ParquetRow(index, where, read);
  };
}

/** How each column is packed. */
function codecsOf({ row_groups: [group] }: FileMetaData): Map<string, CompressionCodec> {
  return new Map(
    group?.columns.flatMap(({ meta_data: facts }) =>
      facts ? [[facts.path_in_schema[0] as string, facts.codec] as const] : [],
    ),
  );
}
