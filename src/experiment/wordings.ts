import type { PromptWording, TrainPrompt } from "../settings/setting.ts";
import { random } from "../util/random.ts";

/**
 * The wording that each of `rows` rows gets. Several wordings are spread over the rows by the seed, in exact
 * proportions (largest remainders; of equal ones the first).
 */
export function wordingsOf(prompt: TrainPrompt | null, rows: number, seed: number): PromptWording[] {
  const wordings = prompt?.wordings;
  if (wordings === undefined) {
    const { text = "", cleanText = text } = prompt ?? {};
    return Array.from({ length: rows }, () => ({ text, cleanText, weight: 1 }));
  }
  const total = wordings.reduce((sum, { weight }) => sum + weight, 0);
  const exact = wordings.map(({ weight }) => (rows * weight) / total);
  const counts = exact.map(Math.floor);
  const left = rows - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact.map((value, index) => ({ index, remainder: value - Math.floor(value) }));
  byRemainder.sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) counts[index] = (counts[index] ?? 0) + 1;
  const dealt = wordings.flatMap((wording, index) => Array.from({ length: counts[index] ?? 0 }, () => wording));
  return random(seed, "wordings").shuffle(dealt);
}
