/**
 * Area under the receiver operating characteristic: the chance that a positive drawn at random scores higher than a
 * negative, ties counting half (Mann and Whitney 1947). `null` without both kinds.
 */
export function areaUnderCurve(scored: readonly { score: number; positive: boolean }[]): number | null {
  const of = (kind: boolean): number[] => scored.filter(({ positive }) => positive === kind).map(({ score }) => score);
  const [positives, negatives] = [of(true), of(false)];
  if (positives.length === 0 || negatives.length === 0) return null;
  const wins = positives.reduce(
    (sum, high) => sum + negatives.reduce((won, low) => won + (high > low ? 1 : high === low ? 0.5 : 0), 0),
    0,
  );
  return wins / (positives.length * negatives.length);
}
