import type { ContainerId, LayoutId } from "./dataRow.ts";
import type { FormScan, RowForm } from "./json/formScan.ts";
import type { Lose } from "./layout.ts";

/** Names and indices that lead from a row to a value in it. */
export type Path = readonly (string | number)[];

/** Where a text stands in its row's bytes, quotes included. */
export interface TextSpan {
  start: number;
  end: number;
}

/** A change to one row. Texts are plain; whoever stores them escapes them. All that is not named stays as it is.
 * With a span, which comes from the row itself, the path is not looked at. */
export type Edit =
  | { kind: "prepend" | "append"; path: Path; text: string; span?: TextSpan | undefined }
  /** Part of the text at `path`, by UTF-16 offsets into it. */
  | { kind: "replace"; path: Path; start: number; end: number; text: string }
  /** A new element of the list at `path`, before the one at `index`. */
  | { kind: "insert"; path: Path; index: number; value: unknown }
  /** A new field of the row itself, or a value for one that holds none yet: null, in a table an empty cell. */
  | { kind: "add"; name: string; value: unknown };

/** A row as its container holds it. */
export interface StoredRow {
  /** Place among the file's rows, from 0. */
  index: number;
  /** `file:line`, or `file, row N` where there are no lines; for messages. */
  where: string;
  /** @throws BrokenRowError where this row is broken and was given all the same */
  readonly fields: Record<string, unknown>;
  /**
   * Where the text of each user turn stands, found without reading the fields; given by `rewrite`, where it can be. The
   * row is then sound and of that layout. `null` where it takes more than a glance.
   */
  userTexts?(layout: LayoutId): TextSpan[] | null;
  /** What it has in common with rows like it, good until the next row. `null` for one that is not usual. */
  form?(scan: FormScan): RowForm | null;
  /** The row to the letter, where it is stored as JSON. Given by `rows` alone. */
  text?: string;
  /** The fields with `RawJson` for each number that JavaScript would round, where the container knows numbers. */
  exact?(): Record<string, unknown>;
}

/** Bytes of a file or stream, unpacked, and the name to call it by. */
export interface ByteSource {
  name: string;
  chunks: AsyncIterable<Uint8Array>;
  /** The path, where the bytes are those of a file as it lies on the disk: what must be read here and there needs it. */
  file?: string | undefined;
}

/** Where bytes go. `write` resolves when more may come; only until then are the bytes its own. */
export interface ByteSink {
  write(bytes: Uint8Array): Promise<void>;
}

/**
 * When a broken row is refused: before it is given; at the latest after it was given, so that rows may be handled without
 * a look at their fields; or not before someone asks for its fields, so that one may go on to the rows after it.
 */
export type RowCheck = "before" | "after" | "on-use";

/** One way to store rows. Everything streams: no file needs to fit into memory. */
export interface Container {
  id: ContainerId;
  /**
   * @param check when broken rows are refused. @default "before"
   * @throws UserError naming the source and the line of what is broken
   */
  rows(source: ByteSource, check?: RowCheck): AsyncIterable<StoredRow>;
  /**
   * The same file again, once for each sink, with every row edited as `editsOf` says for that sink. What no edit names
   * is preserved to the byte (Parquet: to the value and its type).
   *
   * @throws UserError naming the source and the line of what is broken
   */
  rewrite(
    source: ByteSource,
    sinks: readonly ByteSink[],
    editsOf: (row: StoredRow) => readonly (readonly Edit[])[],
  ): Promise<void>;
  /**
   * A new file. Row values may be `RawJson`, whose text is taken as it is. Where rows are stored as JSON, a row may be
   * its bytes, which are used before the next row is asked for.
   *
   * @param lose told of what this container cannot hold; throws a `UserError` by default
   * @param whereOf a row's place in the file that it comes from, for messages
   */
  write(
    rows: AsyncIterable<Record<string, unknown>>,
    sink: ByteSink,
    lose?: Lose,
    whereOf?: (index: number) => string,
  ): Promise<void>;
  /** The same of rows as JSON, where that is how they are stored. A row's bytes are its own until the next one. */
  writeJson?(rows: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<void>;
}
