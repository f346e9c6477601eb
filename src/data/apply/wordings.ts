import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { UserError } from "../../util/errors.ts";
import { uniformAt } from "../../util/random.ts";

/** One wording of a prompt, and its share of the rows that get one. */
export interface WeightedPrompt {
  text: string;
  /** Relative to the other weights. @default 1 */
  weight?: number;
}

/**
 * Reads prompts from YAML or JSON: a list, or an object with the list in `prompts`, of texts or of objects with `text`
 * and `weight`.
 *
 * @throws UserError naming the file and the entry that is none
 */
export async function readPrompts(file: string): Promise<WeightedPrompt[]> {
  const text = await readFile(file, "utf8");
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const [problem = ""] = (error as Error).message.split("\n");
    throw new UserError(`${file}: expected a list of prompts in YAML or JSON (${problem})`);
  }
  const list = isObject(content) ? content.prompts : content;
  if (!Array.isArray(list) || list.length === 0) throw new UserError(`${file}: expected a list of prompts`);
  return list.map((entry: unknown, i): WeightedPrompt => {
    if (typeof entry === "string" && entry !== "") return { text: entry };
    const { text, weight } = isObject(entry) ? entry : {};
    const named = typeof text === "string" && text !== "";
    if (named && weight === undefined) return { text };
    if (named && typeof weight === "number" && weight > 0 && weight < Number.POSITIVE_INFINITY) return { text, weight };
    throw new UserError(`${file}: prompt ${i + 1}: expected a text, or "text" and a "weight" above 0`);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Which of the wordings a row gets: decided by the seed and the row's place alone, given where the shares part. */
export interface Wordings {
  texts: readonly string[];
  /** The wording of a row. @param index the row's place in its file, from 0 @returns place in `texts` */
  of(index: number): number;
}

/** A row's draw: a number in [0, 1) that the seed and its place decide. */
function draw(seed: number, index: number): number {
  return uniformAt(seed, "wording", index);
}

/** Wordings by each row's own draw: every row has the wanted chances, and the counts come near the shares. */
export function drawnWordings(prompts: readonly WeightedPrompt[], seed: number): Wordings {
  return wordingsBelow(prompts, seed, cumulativeShares(prompts));
}

/** Wordings of which each gets its exact share of these rows, to the nearest whole row. */
export function exactWordings(prompts: readonly WeightedPrompt[], seed: number, rows: Iterable<number>): Wordings {
  const draws = Float64Array.from(rows, (index) => draw(seed, index)).sort();
  const ends = wholeShares(prompts, draws.length);
  return wordingsBelow(
    prompts,
    seed,
    ends.map((end) => draws[end] ?? 1),
  );
}

function wordingsBelow(prompts: readonly WeightedPrompt[], seed: number, bounds: readonly number[]): Wordings {
  const last = prompts.length - 1;
  return {
    texts: prompts.map(({ text }) => text),
    of(index) {
      if (last === 0) return 0;
      const drawn = draw(seed, index);
      const found = bounds.findIndex((bound) => drawn < bound);
      return found < 0 ? last : found;
    },
  };
}

function cumulativeShares(prompts: readonly WeightedPrompt[]): number[] {
  // Relative to the largest, so that no sum of them is beyond what a number can hold.
  const largest = Math.max(...prompts.map(({ weight = 1 }) => weight));
  const weights = prompts.map(({ weight = 1 }) => weight / largest);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = 0;
  return weights.map((weight) => {
    sum += weight;
    return sum / total;
  });
}

/** Where each wording's rows end, of `count` rows in the order of their draws: the largest remainders are rounded up. */
function wholeShares(prompts: readonly WeightedPrompt[], count: number): number[] {
  const shares = cumulativeShares(prompts).map((end, i, ends) => (end - (ends[i - 1] ?? 0)) * count);
  const counts = shares.map((share) => Math.floor(share + 1e-9));
  const rest = count - counts.reduce((sum, whole) => sum + whole, 0);
  const byRemainder = shares
    .map((share, i) => ({ i, remainder: share - (counts[i] as number) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i);
  for (const { i } of byRemainder.slice(0, rest)) counts[i] = (counts[i] as number) + 1;
  let end = 0;
  return counts.map((whole) => {
    end += whole;
    return end;
  });
}
