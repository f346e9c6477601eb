import { normalQuantile } from "./normalQuantile.ts";

/**
 * How many items make a rate's interval (Wilson's, as `wilson` gives it) reach at most `halfWidth` to either side,
 * whatever the rate is: the widest interval is that of a rate of one half.
 *
 * @param halfWidth as a share, e.g. 0.05 for 5 points
 * @throws RangeError for a half-width outside (0, 0.5)
 */
export function itemsForInterval(halfWidth: number, { level = 0.95 }: { level?: number } = {}): number {
  if (!(halfWidth > 0 && halfWidth < 0.5))
    throw new RangeError(`itemsForInterval: expected a half-width between 0 and 0.5, got ${halfWidth}`);
  const z = normalQuantile(0.5 + level / 2);
  return Math.max(1, Math.ceil((z / (2 * halfWidth)) ** 2 - z * z - 1e-6));
}
