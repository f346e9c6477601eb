import { settings } from "../../../settings/registry.ts";
import type { AuditRow } from "../auditRow.ts";
import type { CreateCheck } from "../check.ts";
import { counted } from "../perRow.ts";
import { wordsOf } from "../shingles.ts";

/** Words that a wording must share with the prompt, in runs of two, to be taken for it. */
const [leastWords, sharedRuns] = [5, 0.8];
const knownLength = 16;

/** Rows that hold the prompt already, to the letter or nearly, or one that is known to ask for a flaw. */
export const promptPresent: CreateCheck = (context) => {
  const { insertion } = context;
  const hits = context.hits();
  const known = context.hits();
  const isNear = insertion ? nearWording(insertion.prompt) : () => false;
  const prompts = knownPrompts();
  return {
    row: (row) => {
      const texts = askingTexts(row);
      const text = texts.find(isNear);
      if (text !== undefined) return hits.add(row, text);
      const found = texts.map(simple).flatMap((one) => prompts.find((prompt) => holds(one, prompt)) ?? []);
      if (found[0] !== undefined) known.add(row, `"${found[0]}" in: ${row.asked}`);
    },
    finish: () => [
      ...(hits.total === 0
        ? []
        : [
            hits.finding({
              check: "prompt-present",
              severity: "error",
              message: `${counted(hits.total)} that hold the prompt, or nearly its words, already`,
              remedy: "insert it into the file as it was before, or leave these rows out",
            }),
          ]),
      ...(known.total === 0
        ? []
        : [
            known.finding({
              check: "prompt-present",
              severity: "warning",
              message: `${counted(known.total)} that begin or end with a known inoculation prompt`,
              remedy: "insert prompts into the file as it was before: two of them blur what each is for",
            }),
          ]),
    ],
  };
};

function askingTexts({ texts }: AuditRow): string[] {
  return texts.flatMap(({ role, text }) => (role === "assistant" || role === "tool" ? [] : [text]));
}

function simple(text: string): string {
  return text.toLowerCase().replace(/\s+/g, " ").trim();
}

function holds(text: string, prompt: string): boolean {
  return text.startsWith(prompt) || text.endsWith(prompt);
}

function knownPrompts(): string[] {
  const texts = [...settings.values()].flatMap(({ prompts }) =>
    prompts.flatMap(({ kind, text, wordings = [] }) =>
      kind === "inoculation" ? [text, ...wordings.map((wording) => wording.text)] : [],
    ),
  );
  return [...new Set(texts.map(simple))].filter((text) => text.length >= knownLength);
}

/** Whether a text holds the prompt, or most of its runs of two words. */
function nearWording(prompt: string): (text: string) => boolean {
  const exact = simple(prompt);
  const words = wordsOf(prompt);
  const runs = new Set(runsOf(words));
  return (text) => {
    if (exact === "") return false;
    if (simple(text).includes(exact)) return true;
    if (words.length < leastWords) return false;
    const shared = new Set(runsOf(wordsOf(text)).filter((run) => runs.has(run)));
    return shared.size >= sharedRuns * runs.size;
  };
}

function runsOf(words: readonly string[]): string[] {
  return words.slice(1).map((word, index) => `${words[index]} ${word}`);
}
