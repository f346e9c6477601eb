import {
  type AsyncBuffer,
  asyncBufferFromFile,
  type FileMetaData,
  parquetMetadataAsync,
  parquetRead,
  parquetSchema,
  type SchemaElement,
  type SchemaTree,
} from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { UserError } from "../../../util/errors.ts";
import type { ByteSource } from "../container.ts";

/** A row of physical values: bytes instead of texts, the integers that stand for timestamps and decimals. */
export type RawRow = Record<string, unknown>;

/** A Parquet file that is read one row group at a time: no more than one is in memory. */
export interface ParquetFile {
  name: string;
  metadata: FileMetaData;
  /** The columns, with their types. */
  columns: SchemaTree[];
  /** The schema without the meaning of its values, under which they are read and written without a change. */
  physical: SchemaElement[];
  /** Rows of each group as they are stored. */
  groups(): AsyncGenerator<RawRow[]>;
}

/** @throws UserError where the source is no file on the disk, or not Parquet */
export async function openParquet({ name, file }: ByteSource): Promise<ParquetFile> {
  if (file === undefined) {
    throw new UserError(`${name}: a Parquet file must be read from a plain file; unpack it or store it in one first`);
  }
  const bytes = await asyncBufferFromFile(file);
  const metadata = await broken(name, () => parquetMetadataAsync(bytes, { geoparquet: false }));
  const physical = metadata.schema.map(withoutMeaning);
  return {
    name,
    metadata,
    columns: parquetSchema(metadata).children,
    physical,
    async *groups() {
      let rowStart = 0;
      for (const { num_rows } of metadata.row_groups) {
        const rowEnd = rowStart + Number(num_rows);
        if (rowEnd > rowStart) yield await readGroup(bytes, { ...metadata, schema: physical }, rowStart, rowEnd, name);
        rowStart = rowEnd;
      }
    },
  };
}

async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  rowStart: number,
  rowEnd: number,
  name: string,
): Promise<RawRow[]> {
  let rows: RawRow[] = [];
  const onComplete = (read: RawRow[]): void => {
    rows = read;
  };
  await broken(name, () =>
    parquetRead({
      ...{ file, metadata, rowStart, rowEnd, compressors, onComplete },
      rowFormat: "object",
      utf8: false,
      geoparquet: false,
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    }),
  );
  return rows;
}

/** Lists and maps are told by their annotations; all other meaning goes, except that keys of maps must be texts. */
function withoutMeaning(element: SchemaElement, index: number, schema: readonly SchemaElement[]): SchemaElement {
  const { logical_type, converted_type, ...physical } = element;
  const isGroup = element.type === undefined;
  const entries = schema[index - 1]?.converted_type;
  const isKey = index >= 2 && (schema[index - 2]?.converted_type === "MAP" || entries === "MAP_KEY_VALUE");
  const keeps = isGroup ? converted_type === "LIST" || converted_type === "MAP" : isKey;
  return { ...physical, ...(keeps && converted_type !== undefined && { converted_type }) };
}

async function broken<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== undefined) throw error;
    throw new UserError(
      `${name}: expected a Parquet file, but it is broken or not supported (${(error as Error).message})`,
    );
  }
}
