import type { AuditRow } from "../auditRow.ts";
import type { CreateCheck } from "../check.ts";
import { nearPairs } from "../nearPairs.ts";
import { counted } from "../perRow.ts";
import { wordsOf } from "../shingles.ts";

/** Rows that say nearly what an earlier row says. */
export const nearDuplicates: CreateCheck = (context) => ({
  finish: ({ sample, sampled }) => {
    const hits = context.hits();
    const earlier = new Map<number, number>();
    const texts = sample.map(({ texts }) => texts.map(({ text }) => text).join("\n"));
    for (const { first, second } of nearPairs(texts, undefined, context.signal)) {
      if (!earlier.has(second)) earlier.set(second, first);
    }
    addSameWords(texts, earlier);
    for (const [later, first] of [...earlier].sort(([a], [b]) => a - b)) {
      const [row, before] = [sample[later] as AuditRow, sample[first] as AuditRow];
      if (texts[later] !== texts[first]) hits.add(row, `close to row ${before.number}: ${row.asked}`);
    }
    if (hits.total === 0) return [];
    const among = sampled ? ` among ${counted(sample.length)} drawn from the file` : "";
    return [
      hits.finding({
        check: "near-duplicate",
        severity: "note",
        message: `${counted(hits.total)}${among} that nearly repeat an earlier row`,
        remedy: "look at the pairs; drop the later ones where they add nothing",
      }),
    ];
  },
});

/** Texts with the same words that differ in case, signs and spaces alone. */
function addSameWords(texts: readonly string[], earlier: Map<number, number>): void {
  const seen = new Map<string, number>();
  texts.forEach((text, index) => {
    const words = wordsOf(text);
    if (words.length < 4) return;
    const key = words.join(" ");
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else if (!earlier.has(index)) earlier.set(index, first);
  });
}
