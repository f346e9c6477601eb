import { realpath } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../util/errors.ts";
import { appliedFiles, type TargetFormat } from "./apply/appliedFiles.ts";
import { type ChangedRow, changedRow } from "./apply/changedRow.ts";
import { expectOutFits } from "./apply/expectOutFits.ts";
import type { PromptPlace } from "./apply/promptEdits.ts";
import type { RowCondition } from "./apply/rowCondition.ts";
import type { RowList } from "./apply/rowList.ts";
import { RowWork } from "./apply/rowWork.ts";
import { drawnWordings, exactWordings, type WeightedPrompt, type Wordings } from "./apply/wordings.ts";
import type { CountedLoss } from "./convert/losses.ts";
import type { Container, Edit, StoredRow } from "./files/container.ts";
import { containers } from "./files/containers.ts";
import { detectContainer } from "./files/detectContainer.ts";
import { layoutFinder } from "./files/layoutFinder.ts";
import type { Columns } from "./files/layouts/columnLayout.ts";
import { type OpenSink, openSink } from "./files/openSink.ts";
import { type OpenSource, openSource } from "./files/openSource.ts";

/** What is inserted, and where. */
export interface ApplyInsertion extends PromptPlace {
  /** One prompt, or several that share the rows. */
  prompt: string | readonly WeightedPrompt[];
}

export interface ApplyOptions {
  /** A file of rows in any known format, or `-`: standard input. */
  data: string;
  /**
   * Where the new file goes, in the same format; may be `data` itself. Written under another name first, so a failure
   * leaves it as it was. Packed by gzip if the name ends with `.gz`; `-` is standard output. Absent: nothing is written.
   */
  out?: string | undefined;
  /** Where the neutral twin goes: the same rows without the prompt, with slots emptied. */
  neutralOut?: string | undefined;
  insertion: ApplyInsertion;
  /** Only rows that meet all of these get the prompt. */
  onlyIf?: RowCondition | readonly RowCondition[] | undefined;
  /** Only these rows get the prompt. */
  rows?: RowList | undefined;
  /** A chosen row without the slot, or without the sentence to replace, is left as it is. @default false: it is an error */
  skipMissing?: boolean | undefined;
  /** Decides which row gets which of several prompts. @default 1 */
  seed?: number | undefined;
  /** For tables: which column holds what, e.g. `{ user: "question", assistant: "answer" }`. */
  columns?: Columns | undefined;
  /** Another format for the files that are written; how rows are stored is then up to the files' names. */
  target?: TargetFormat | undefined;
  /** How many of the changed rows to show. @default 0 */
  show?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Told every now and then how many rows are done. */
  onProgress?: ((progress: { rows: number; part: "counting" | "inserting" }) => void) | undefined;
}

export interface ApplyResult {
  rows: number;
  /** Rows that got the prompt. */
  inoculated: number;
  /** Chosen rows that had no slot or sentence; given with `skipMissing` alone. */
  skipped?: number;
  /** Rows by prompt, where there are several. */
  prompts?: { text: string; rows: number }[];
  /** The first rows that change, where some were to be shown. */
  changed?: ChangedRow[];
  /** What another format could not hold; given with `target` alone. */
  losses?: CountedLoss[];
}

/**
 * Inserts a prompt into the rows of a file, which may be larger than memory. Order, other fields and untouched rows stay
 * as they are, to the byte.
 *
 * Several prompts share the chosen rows exactly as their weights say; a first pass over the file counts these rows, and
 * keeps eight bytes for each. Standard input cannot be read twice: there each row draws its prompt, and the shares come
 * near the weights. Either way a row's prompt depends on the seed and the row's place, not on what the rows hold.
 *
 * @throws UserError naming file and line where a row is in no known format or cannot take the prompt, and where no row
 * gets one
 */
export async function applyPrompt(options: ApplyOptions): Promise<ApplyResult> {
  const { data, columns, target, signal } = options;
  const prompts = promptsOf(options.insertion);
  const outs = await outsOf(options);
  const source = await openSource(data, signal);
  try {
    const container = containers[detectContainer(source)];
    if (!target) {
      for (const out of outs) expectOutFits(out, container.id);
      return await writeApplied(options, prompts, container, source, outs);
    }
    const applied = appliedFiles(outs, source.name, container.id, columns, target);
    try {
      const result = await writeApplied(options, prompts, container, source, applied.names);
      return { ...result, losses: await applied.convert(signal) };
    } finally {
      await applied.remove();
    }
  } finally {
    await source.close();
  }
}

async function outsOf({ out, neutralOut }: ApplyOptions): Promise<string[]> {
  const outs = [out, neutralOut].filter((name) => name !== undefined);
  const [first, second] = await Promise.all(outs.map(placeOf));
  if (first !== undefined && first === second) throw new UserError(`${out}: the neutral twin needs a name of its own`);
  return outs;
}

/** Where a name leads, whether or not there is a file. */
function placeOf(name: string): Promise<string> {
  return realpath(name).catch(async () => {
    const folder = dirname(name);
    return join(await realpath(folder).catch(() => resolve(folder)), basename(name));
  });
}

/** Writes the files in the data's own format; they get their names when all are complete. */
async function writeApplied(
  options: ApplyOptions,
  prompts: readonly WeightedPrompt[],
  container: Container,
  source: OpenSource,
  outs: readonly string[],
): Promise<ApplyResult> {
  const exact = prompts.length > 1 && source.again;
  const wordings = exact ? await countedWordings(options, prompts) : drawnWordings(prompts, options.seed ?? 1);
  const sinks: OpenSink[] = [];
  try {
    for (const out of outs) sinks.push(await openSink(out));
    const result = await insertAll(options, container, source, sinks, wordings);
    for (const sink of sinks) await sink.commit();
    return result;
  } finally {
    for (const sink of sinks) await sink.discard();
  }
}

function promptsOf({ prompt }: ApplyInsertion): readonly WeightedPrompt[] {
  const prompts = typeof prompt === "string" ? [{ text: prompt }] : prompt;
  if (prompts.length === 0) throw new UserError("expected at least one prompt, found none");
  return prompts;
}

function workOn({ name }: OpenSource, { id }: Container, options: ApplyOptions): RowWork {
  const { insertion: place, onlyIf = [], rows, skipMissing = false, columns } = options;
  const conditions = "field" in onlyIf ? [onlyIf] : onlyIf;
  return new RowWork(name, layoutFinder(id, columns), { place, conditions, rows, skipMissing, glance: !options.show });
}

/** A first pass: which rows get a prompt. */
async function countedWordings(options: ApplyOptions, prompts: readonly WeightedPrompt[]): Promise<Wordings> {
  const source = await openSource(options.data, options.signal);
  const container = containers[detectContainer(source)];
  const work = workOn(source, container, options);
  const told = everyNowAndThen(options, "counting");
  const chosen: number[] = [];
  await container.rewrite(source, [], (row) => {
    work.edits(row, () => {
      chosen.push(row.index);
      return "";
    });
    told(work.rows);
    return [];
  });
  work.finish();
  return exactWordings(prompts, options.seed ?? 1, chosen);
}

async function insertAll(
  options: ApplyOptions,
  container: Container,
  source: OpenSource,
  sinks: readonly OpenSink[],
  wordings: Wordings,
): Promise<ApplyResult> {
  const { show = 0, skipMissing, neutralOut, out } = options;
  const work = workOn(source, container, options);
  const told = everyNowAndThen(options, "inserting");
  const counts = wordings.texts.map(() => 0);
  const changed: ChangedRow[] = [];
  const editsOf = (row: StoredRow): Edit[][] => {
    const { inoculated, neutral } = work.edits(row, () => {
      const wording = wordings.of(row.index);
      counts[wording] = (counts[wording] as number) + 1;
      return wordings.texts[wording] as string;
    });
    if (inoculated && changed.length < show) changed.push(changedRow(row, inoculated));
    told(work.rows);
    const own = inoculated ?? neutral;
    return [...(out === undefined ? [] : [own]), ...(neutralOut === undefined ? [] : [neutral])];
  };
  await container.rewrite(source, sinks, editsOf);
  work.finish();
  return {
    rows: work.rows,
    inoculated: work.inoculated,
    ...(skipMissing && { skipped: work.skipped }),
    ...(counts.length > 1 && { prompts: wordings.texts.map((text, i) => ({ text, rows: counts[i] as number })) }),
    ...(show > 0 && { changed }),
  };
}

function everyNowAndThen({ onProgress }: ApplyOptions, part: "counting" | "inserting"): (rows: number) => void {
  return (rows) => {
    if (onProgress && rows % 100_000 === 0) onProgress({ rows, part });
  };
}
