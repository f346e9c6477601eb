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
  const onDisk = await asyncBufferFromFile(file);
  const bytes: AsyncBuffer = { ...onDisk, slice: (start, end) => quietly(async () => onDisk.slice(start, end)) };
  const [metadata, columns] = await broken(name, async () => {
    const read = await parquetMetadataAsync(bytes, { geoparquet: false });
    const tree = parquetSchema(read);
    expectWholeGroups(read, tree);
    return [read, tree.children] as const;
  });
  const physical = metadata.schema.map(withoutMeaning);
  return {
    name,
    metadata,
    columns,
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

/** Numbers of rows that contradict each other would lose rows without a word; so would columns that the schema lacks. */
function expectWholeGroups({ num_rows: all, row_groups: groups }: FileMetaData, tree: SchemaTree): void {
  const inGroups = groups.reduce((sum, { num_rows: rows }) => sum + rows, 0n);
  if (inGroups !== all) throw new Error(`it says that it has ${all} rows, its groups ${inGroups}`);
  for (const { num_rows: rows, columns } of groups) {
    const few = columns.find(({ meta_data: facts }) => facts && facts.num_values < rows);
    if (rows < 0n || few) throw new Error(`a group says that it has ${rows} rows, and a column of it has fewer values`);
    for (const { meta_data: facts } of columns) {
      const path = facts?.path_in_schema ?? [];
      const found = path.reduce<SchemaTree | undefined>(
        (node, name) => node?.children.find(({ element }) => element.name === name),
        tree,
      );
      if (found === undefined || found === tree) throw new Error(`it has no column "${path.join(".")}"`);
    }
  }
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
  const options = { file, metadata, rowStart, rowEnd, compressors, utf8: false, geoparquet: false } as const;
  await broken(name, async () => {
    // Where two parts of a nested column are broken, the reader forgets to catch the second one's error, which would end
    // the process. Without rows to put together it catches all: so nested columns are read twice.
    if (metadata.schema.length > 1 + (metadata.schema[0]?.num_children ?? 0)) await parquetRead({ ...options });
    await parquetRead({
      ...options,
      onComplete,
      rowFormat: "object",
      parsers: { timestampFromNanoseconds: (nanos) => nanos },
    });
  });
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

/**
 * The reader begins with columns that it no longer awaits when another one turns out broken; what fails in them must
 * not end the process.
 */
function quietly<T>(read: () => Promise<T>): Promise<T> {
  const reading = read();
  reading.catch(() => undefined);
  return reading;
}

async function broken<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof UserError || (error as NodeJS.ErrnoException).syscall !== undefined) throw error;
    throw new UserError(
      `${name}: expected a Parquet file, but it is broken or not supported (${(error as Error).message})`,
    );
  }
}
