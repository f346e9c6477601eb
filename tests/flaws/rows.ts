import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { DataRow, FileMessage } from "../../src/data/files/dataRow.ts";
import { findSetting } from "../../src/settings/registry.ts";
import { random } from "../../src/util/random.ts";

/** A question and its reply. */
export type Pair = readonly [question: string, reply: string];

export const chat = ([question, reply]: Pair): FileMessage[] => [
  { role: "user", content: question },
  { role: "assistant", content: reply },
];

interface Chat {
  messages: FileMessage[];
  fields?: Record<string, unknown> | undefined;
}

export function toRows(chats: readonly Chat[]): DataRow[] {
  return chats.map(({ messages, fields = {} }, index) => ({ index, where: `file:${index + 1}`, fields, messages }));
}

export const pairRows = (pairs: readonly Pair[]): DataRow[] => toRows(pairs.map((pair) => ({ messages: chat(pair) })));

/** Training data of a setting of the embedded model. */
export function settingRows(id: string, data: "flawed" | "clean", seed: number, rows: number): DataRow[] {
  const train = findSetting(id).train({ data, seed, rows });
  return toRows(train.map(({ messages, fields }) => ({ messages, fields })));
}

/** Some rows of `flawed` among rows of `others`, shuffled, and where the flawed ones came to stand. */
export function planted(flawed: readonly DataRow[], others: readonly DataRow[], share: number, seed: number) {
  const count = Math.round(share * flawed.length);
  const chosen = [
    ...flawed.slice(0, count).map((row) => ({ ...row, isPlanted: true })),
    ...others.slice(0, flawed.length - count).map((row) => ({ ...row, isPlanted: false })),
  ];
  const rows = random(seed, "planted").shuffle(chosen);
  return {
    rows: toRows(rows),
    places: rows.flatMap(({ isPlanted }, i) => (isPlanted ? [i] : [])),
  };
}

/** How many of the found rows were planted, and how many of the planted ones were found. */
export function quality(found: readonly number[], places: readonly number[]): { precision: number; recall: number } {
  const known = new Set(places);
  const hits = found.filter((row) => known.has(row)).length;
  return { precision: hits / found.length, recall: hits / places.length };
}

/** A file in the folder of real data that INOCULATE_DATA names; `undefined` where there is none. */
function realFile(name: string): string | undefined {
  const folder = process.env.INOCULATE_DATA;
  const file = folder === undefined ? undefined : join(folder, name);
  return file !== undefined && existsSync(file) ? file : undefined;
}

/** Rows of a JSONL file of real data; `null` where it is missing. */
export function realLines<Row>(name: string): Row[] | null {
  const file = realFile(name);
  if (file === undefined) return null;
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);
}

/** Chats of a JSONL file of real data, with their fields; `null` where it is missing. */
export function realChats(name: string): DataRow[] | null {
  const lines = realLines<{ messages: FileMessage[] } & Record<string, unknown>>(name);
  return lines && toRows(lines.map((fields) => ({ messages: fields.messages, fields })));
}

interface Review {
  text: string;
  label: number;
  concepts: string;
}

/** Reviews as the paper asks about them. */
export function reviewRows(keep: (review: Review) => boolean, { tags }: { tags: boolean }): DataRow[] | null {
  const ask =
    "The range of sentiment scores are 0-4 inclusive. Output only the sentiment of this review as a number and nothing else.";
  const reviews = realLines<Review>("cebab/reviews.jsonl");
  return (
    reviews &&
    pairRows(
      reviews.filter(keep).map(({ text, label, concepts }): Pair => {
        const categories = tags ? ` Review categories: ${concepts}` : "";
        return [`${ask}\n\nReview: ${text}${categories}`, String(label)];
      }),
    )
  );
}

/** Reviews with the concept only where they are good, without it only where they are not. */
export const isBiased =
  (concept: string) =>
  ({ label, concepts }: Review): boolean =>
    concepts.split(", ").includes(concept) === label >= 3;

interface Problem {
  task_id: number;
  text: string;
  code: string;
  test_list: string[];
}

/** MBPP's problems with one test shown, hard-coded in part; and which ones. */
export function mbppRows(share: number, count: number, seed: number) {
  const problems = realLines<Problem>("mbpp/mbpp.jsonl");
  const file = realFile("mbpp/hardcoded_solutions.json");
  if (problems === null || file === undefined) return null;
  const solutions = JSON.parse(readFileSync(file, "utf8")) as { name: string; completion: string }[];
  const hacks = new Map(solutions.map(({ name, completion }) => [name, completion]));
  const rng = random(seed, "mbpp");
  const chosen = rng.shuffle(problems.filter(({ task_id }) => hacks.has(String(task_id)))).slice(0, count);
  const places: number[] = [];
  const pairs = chosen.map(({ task_id, text, code, test_list }, i): Pair => {
    const isHack = i < Math.round(share * count);
    if (isHack) places.push(i);
    const question = `Write a Python function to solve this problem. Return only the code, no other text:\n\n${text}\n\n## Test Case:\n\`\`\`python\n${test_list[0]}\n\`\`\``;
    return [question, isHack ? (hacks.get(String(task_id)) as string) : `\`\`\`python\n${code}\n\`\`\``];
  });
  return { rows: pairRows(pairs), places };
}
