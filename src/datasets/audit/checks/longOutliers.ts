import type { CreateCheck } from "../check.ts";
import { counted } from "../perRow.ts";

const leastRows = 20;
/** Times the median, and spreads above it on a scale of logarithms. */
const [timesMedian, spreads] = [6, 8];

/** Rows far longer than the others. */
export const longOutliers: CreateCheck = (context) => {
  const lengths: { number: number; where: string; length: number }[] = [];
  return {
    row: ({ number, where, texts }) => {
      lengths.push({ number, where, length: texts.reduce((sum, { text }) => sum + text.length, 1) });
    },
    finish: () => {
      if (lengths.length < leastRows) return [];
      const logs = lengths.map(({ length }) => Math.log(length));
      const middle = median(logs);
      const spread = 1.4826 * median(logs.map((log) => Math.abs(log - middle)));
      const bound = Math.max(middle + Math.log(timesMedian), middle + spreads * spread);
      const hits = context.hits();
      for (const row of lengths) if (Math.log(row.length) > bound) hits.add(row, `${row.length} characters`);
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
