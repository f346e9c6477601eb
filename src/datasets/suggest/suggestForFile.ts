import { readAllRows } from "../../data/files/readDataFile.ts";
import type { FlawFinding, FlawId } from "../../flaws/flaw.ts";
import { detectFlaws } from "../../flaws/registry.ts";
import { UserError } from "../../util/errors.ts";
import type { Draw } from "./draftWithLlm.ts";
import { type DraftPrompt, suggestPrompts } from "./suggestPrompts.ts";

export interface SuggestForFileOptions {
  /** A fine-tuning file of any format. */
  data?: string | undefined;
  /** The flaw to draft for. @default all that are found */
  flaw?: FlawId | undefined;
  /** What is wrong with the rows, in words of one's own, in place of looking for known flaws. */
  describe?: string | undefined;
  /** A file of rows that show what `describe` says. @default `data` */
  rows?: string | undefined;
  columns?: Readonly<Record<string, string>> | undefined;
  /** Inoculation prompts for each flaw. @default 12 */
  count?: number | undefined;
  /** @default 1 */
  seed?: number | undefined;
  llm?: Draw | undefined;
  /** Python processes at once, where rows hold code. @default 1 */
  workers?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface Suggested {
  findings: FlawFinding[];
  prompts: DraftPrompt[];
  /** Wordings of the LLM that were left out, and why. */
  dropped: { text: string; reason: string }[];
}

/**
 * Drafts wordings for what is wrong with a file: for the flaws that are found in it, or for what the user says is wrong.
 *
 * @throws UserError where nothing is found or described, or where it is something that nobody should be asked for
 */
export async function suggestForFile(options: SuggestForFileOptions): Promise<Suggested> {
  const { data, describe, count, seed = 1, llm, columns, signal, workers, onProgress, flaw } = options;
  const file = describe === undefined ? data : (options.rows ?? data);
  if (describe === undefined && options.rows !== undefined) {
    throw new UserError("--rows: give the rows together with --describe, which says what they show");
  }
  if (file === undefined) {
    throw new UserError(
      describe === undefined
        ? "expected a fine-tuning file to look for flaws in, or --describe with --rows"
        : "--describe: give rows that show it, with --rows FILE; prompts are only drafted for what is in the data",
    );
  }
  if (describe?.trim() === "") throw new UserError("--describe: expected a sentence, got an empty text");
  const rows = await readAllRows(file, { columns, signal });
  if (rows.length === 0) throw new UserError(`${file}: expected rows, found none`);
  const all = describe === undefined ? await detectFlaws(rows, { workers, signal, onProgress }) : [];
  const findings = flaw === undefined ? all : all.filter((finding) => finding.flaw === flaw);
  if (describe === undefined && findings.length === 0) throw nothingFound(file, flaw, all);
  const dropped: Suggested["dropped"] = [];
  const onDrop = (text: string, reason: string): unknown => dropped.push({ text, reason });
  const prompts = await suggestPrompts({ findings, rows, describe, count, seed, llm, signal, onDrop });
  return { findings, prompts, dropped };
}

function nothingFound(file: string, flaw: FlawId | undefined, found: readonly FlawFinding[]): UserError {
  const what = flaw === undefined ? "none of the known flaws" : `no ${flaw}`;
  const others = found.length === 0 ? "" : `; it shows ${found.map((one) => one.flaw).join(", ")}`;
  return new UserError(
    `${file}: ${what} was found${others}. Prompts are only drafted for what is in the data: describe what is wrong in a sentence (--describe), with rows that show it (--rows)`,
  );
}
