import type { KeyValue } from "hyparquet";
import type { ByteSink } from "../container.ts";
import type { Lose } from "../layout.ts";
import { refuseLoss } from "../refuseLoss.ts";
import { spool } from "../spool.ts";
import { absentKey, type ColumnType, schemaOf, storedValue } from "./columnTypes.ts";
import { Shape, type ShapeLosses } from "./shape.ts";
import { SinkWriter } from "./sinkWriter.ts";

/** A row group is closed when its rows have this many bytes as JSON, or are this many. */
const groupBytes = 1 << 24;
const groupRows = 10_000;

/**
 * A Parquet file with a column for every field that any row has: whole numbers as INT64, other numbers as DOUBLE, lists
 * and objects as such. Where a field is absent in some rows the column is null there, and the file says that it was.
 */
export async function writeParquet(
  rows: AsyncIterable<Record<string, unknown>>,
  sink: ByteSink,
  lose: Lose = refuseLoss,
  whereOf: (index: number) => string = (index) => `row ${index + 1}`,
): Promise<void> {
  const losses: ShapeLosses = { lose, whereOf, absent: [] };
  const shape = new Shape([]);
  let count = 0;
  const kept = await spool(rows, (row) => shape.addMembers(row, count++, losses));
  try {
    const types = shape.memberTypes(losses);
    const elements = [...types].flatMap(([name, type]) => schemaOf(name, type));
    const schema = [{ name: "schema", num_children: types.size }, ...elements];
    const facts: KeyValue[] = [{ key: absentKey, value: JSON.stringify(losses.absent) }];
    const writer = new SinkWriter(sink, schema, facts);
    for await (const group of groupsOf(kept.rows())) {
      const columns = [...types].map(([name, type]) => ({
        name,
        data: column(group, name, type),
        codec: "SNAPPY" as const,
      }));
      await writer.writeGroup(columns, group.length);
    }
    await writer.finish();
  } finally {
    await kept.remove();
  }
}

type Row = Record<string, unknown>;

function column(rows: readonly Row[], name: string, type: ColumnType): unknown[] {
  return rows.map((row) => (Object.hasOwn(row, name) ? storedValue(row[name], type) : undefined));
}

async function* groupsOf(rows: AsyncIterable<{ row: Row; bytes: number }>): AsyncGenerator<Row[]> {
  let group: Row[] = [];
  let size = 0;
  for await (const { row, bytes } of rows) {
    group.push(row);
    size += bytes;
    if (group.length < groupRows && size < groupBytes) continue;
    yield group;
    [group, size] = [[], 0];
  }
  if (group.length > 0) yield group;
}
