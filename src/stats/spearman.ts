import { pearson } from "./pearson.ts";

/** Spearman's rank correlation: Pearson's of the ranks, ties sharing their mean rank. `null` as with `pearson`. */
export function spearman(xs: readonly number[], ys: readonly number[]): number | null {
  return pearson(ranks(xs), ranks(ys));
}

/** Ranks from 1; equal values share the mean of the ranks they span. */
export function ranks(values: readonly number[]): number[] {
  const order = values.map((_, index) => index).sort((a, b) => (values[a] as number) - (values[b] as number));
  const ranked = new Array<number>(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start;
    while (end + 1 < order.length && values[order[end + 1] as number] === values[order[start] as number]) end++;
    for (let i = start; i <= end; i++) ranked[order[i] as number] = (start + end) / 2 + 1;
    start = end + 1;
  }
  return ranked;
}
