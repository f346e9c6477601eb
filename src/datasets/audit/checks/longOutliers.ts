import type { CreateCheck } from "../check.ts";
import { counted } from "../perRow.ts";

const leastRows = 20;
/** Times the median, and spreads above it (both must be exceeded), the spread on a scale of logarithms. */
const [timesMedian, spreads] = [6, 8];

/** Long rows held at once. */
const kept = 1000;

/** Rows far longer than the others. */
export const longOutliers: CreateCheck = (context) => {
  const logs: number[] = [];
  let longest: { number: number; where: string; length: number }[] = [];
  const keepLongest = (): void => {
    longest = longest.sort((a, b) => b.length - a.length).slice(0, kept);
  };
  return {
    row: ({ number, where, texts }) => {
      const length = texts.reduce((sum, { text }) => sum + text.length, 1);
      logs.push(Math.log(length));
      longest.push({ number, where, length });
      if (longest.length >= 2 * kept) keepLongest();
    },
    finish: () => {
      if (logs.length < leastRows) return [];
      const middle = median(logs);
      const spread = 1.4826 * median(logs.map((log) => Math.abs(log - middle)));
      const bound = Math.max(middle + Math.log(timesMedian), middle + spreads * spread);
      const hits = context.hits();
      for (const row of longest.sort((a, b) => a.number - b.number))
        if (Math.log(row.length) > bound) hits.add(row, `${row.length} characters`);
      if (hits.total === 0) return [];
      return [
        hits.finding({
          check: "long-outlier",
          severity: "note",
          message: `${counted(hits.total)} far longer than the median of ${Math.round(Math.exp(middle))} characters`,
          remedy: "look at them: several rows may have run together",
        }),
      ];
    },
  };
};

function median(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[sorted.length >> 1] ?? 0;
}
