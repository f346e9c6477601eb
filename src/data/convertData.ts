import { UserError } from "../util/errors.ts";
import { type ConvertedRow, convertRow, type WaysBack } from "./convert/convertRow.ts";
import { type Format, type FormatId, formatOf } from "./convert/formats.ts";
import { jsonValue } from "./convert/jsonValue.ts";
import { KnownForms } from "./convert/knownForms.ts";
import { type CountedLoss, LossCounter } from "./convert/losses.ts";
import type { StoredRow } from "./files/container.ts";
import { containers } from "./files/containers.ts";
import type { ContainerId, LayoutId } from "./files/dataRow.ts";
import { containerByName, detectContainer } from "./files/detectContainer.ts";
import { rawFields } from "./files/exactJson.ts";
import type { Lose } from "./files/layout.ts";
import { layoutFinder } from "./files/layoutFinder.ts";
import type { Columns } from "./files/layouts/columnLayout.ts";
import { openSink } from "./files/openSink.ts";
import { type OpenSource, openSource, standardStream } from "./files/openSource.ts";
import { RawJson, stringifyRaw, withoutLineEnds } from "./files/rawJson.ts";
import { refuseLoss } from "./files/refuseLoss.ts";

export interface ConvertOptions {
  /** The file to read, of any format; `-` is standard input. */
  data: string;
  /** The file to write. Written under another name first, so that a failure leaves nothing. `-` is standard output. */
  out: string;
  /** The format of the rows. @default the layout that they have */
  to?: FormatId | undefined;
  /** How rows are stored; `same`: as in `data`. @default what the ending of `out` says */
  container?: ContainerId | "same" | undefined;
  /** Of a table that is read: which column holds what. */
  columns?: Columns | undefined;
  /** Of the format `columns`: which column holds what. @default system, user and assistant */
  toColumns?: Columns | undefined;
  /** Which rows the new file has, by their place from 0. @default all */
  keep?: ((index: number) => boolean) | undefined;
  /** Lose what the new format cannot hold, and count it, rather than refuse. @default false */
  lossy?: boolean | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { rows: number }) => void) | undefined;
}

export interface ConvertResult {
  rows: number;
  from: { container: ContainerId; layout: LayoutId };
  to: { container: ContainerId; layout: LayoutId; format: FormatId | null };
  losses: CountedLoss[];
}

const rowsBetweenProgress = 10_000;

/**
 * Converts a data file from any format to any other. Fields that no layout reads stay, with the text that they have
 * where both files are JSON.
 *
 * @throws UserError naming file, line and field of what the new format cannot hold, before `out` is touched
 */
export async function convertData(options: ConvertOptions): Promise<ConvertResult> {
  const { data, out, lossy = false, to } = options;
  const format = to && formatOf(to, options.toColumns);
  if (!format && options.toColumns) throw new UserError("columns of the new file are named for --to columns only");
  const wanted = targetContainer(options);
  const source = await openSource(data, options.signal);
  try {
    const target = containers[wanted === "same" ? detectContainer(source) : wanted];
    const sink = await openSink(out);
    try {
      const losses = new LossCounter();
      const lose: Lose = lossy ? (loss) => losses.add(loss) : refuseLoss;
      const work = new Conversion(source, format, options, lose);
      if (target.writeJson) await target.writeJson(work.json(), sink);
      else await target.write(work.rows(), sink, lose, (index) => work.places[index] ?? `row ${index + 1}`);
      await sink.commit();
      const layout = work.layout as LayoutId;
      return {
        rows: work.count,
        from: { container: work.container, layout },
        to: { container: target.id, layout: format?.layout.id ?? layout, format: to ?? null },
        losses: losses.all,
      };
    } finally {
      await sink.discard();
    }
  } finally {
    await source.close();
  }
}

function targetContainer({ out, container }: ConvertOptions): ContainerId | "same" {
  const named = /\.json(\.gz)?$/i.test(out) ? "json" : containerByName(out);
  const id = container ?? named;
  if (id === null) {
    throw new UserError(`${out}: expected a name that ends with .jsonl, .json, .csv, .tsv or .parquet, or a container`);
  }
  if (id === "parquet" && (out === standardStream || /\.gz$/i.test(out))) {
    throw new UserError(`${out}: Parquet goes into a plain file only; name one, e.g. out.parquet`);
  }
  return id;
}

/** One conversion: its rows, and what is known of them so far. */
class Conversion {
  readonly container: ContainerId;
  count = 0;
  layout: LayoutId | undefined;
  /** Where each row comes from, for containers that judge rows together. */
  readonly places: string[] = [];
  readonly #source: OpenSource;
  readonly #format: Format | undefined;
  readonly #options: ConvertOptions;
  readonly #lose: Lose;

  constructor(source: OpenSource, format: Format | undefined, options: ConvertOptions, lose: Lose) {
    this.container = detectContainer(source);
    this.#source = source;
    this.#format = format;
    this.#options = options;
    this.#lose = lose;
  }

  /** The new rows. */
  rows(): AsyncGenerator<Record<string, unknown>> {
    return this.#converted((row, forms, convert) => {
      this.places.push(row.where);
      return forms.fields(row) ?? convert(row, this.#lose).fields;
    });
  }

  /** The new rows as JSON, each its own until the next. */
  json(): AsyncGenerator<Uint8Array> {
    return this.#converted((row, forms, convert) => {
      const known = forms.json(row);
      if (known) return known;
      const { fields, kept } = convert(row, this.#lose);
      return Buffer.from(stringifyRaw(withRawTexts(fields, kept, row)));
    });
  }

  async *#converted<T>(made: (row: StoredRow, forms: KnownForms, convert: Convert) => T): AsyncGenerator<T> {
    const { columns, keep = () => true, signal, onProgress } = this.#options;
    const layoutOf = layoutFinder(this.container, columns);
    const ways: WaysBack = {};
    const convert: Convert = (row, lose) => {
      const layout = layoutOf(row);
      this.layout = layout.id;
      const fields = jsonValue(row.exact?.() ?? row.fields, "", row.where, lose) as Record<string, unknown>;
      if (this.#format) return convertRow(fields, layout, this.#format, ways, row.where, lose);
      // Even what stays as it is has to be a row of its layout.
      layout.read(row.fields, row.where);
      return { fields, kept: Object.keys(fields) };
    };
    let forms: KnownForms | undefined;
    for await (const row of containers[this.container].rows(this.#source, "after")) {
      signal?.throwIfAborted();
      if (!keep(row.index)) continue;
      forms ??= new KnownForms(layoutOf(row), (likeIt) => convert(likeIt, refuseLoss));
      yield made(row, forms, convert);
      this.count += 1;
      if (this.count % rowsBetweenProgress === 0) onProgress?.({ rows: this.count });
    }
  }
}

type Convert = (row: StoredRow, lose: Lose) => ConvertedRow;

/** Fields that are as they were, with the text that they had; line ends between values go, for one row a line. */
function withRawTexts(
  fields: Record<string, unknown>,
  kept: readonly string[],
  { text, where }: StoredRow,
): Record<string, unknown> {
  if (text === undefined || kept.length === 0) return fields;
  const texts = rawFields(text, kept, where);
  const entries = Object.entries(fields).map(([name, value]): [string, unknown] => {
    const raw = texts.get(name);
    return [name, raw === undefined ? value : new RawJson(withoutLineEnds(raw))];
  });
  return Object.fromEntries(entries);
}
