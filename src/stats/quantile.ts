/** Quantile of ascending values with linear interpolation (Hyndman and Fan 1996, type 7). */
export function quantile(sorted: readonly number[], probability: number): number {
  if (sorted.length === 0) throw new RangeError("quantile: expected at least one value");
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`quantile: expected a probability from 0 to 1, got ${probability}`);
  const position = (sorted.length - 1) * probability;
  const low = sorted[Math.floor(position)] as number;
  const high = sorted[Math.ceil(position)] as number;
  return low + (high - low) * (position - Math.floor(position));
}
