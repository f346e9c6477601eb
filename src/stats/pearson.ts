import { mean } from "./mean.ts";
import { NORMAL_975 } from "./wilson.ts";

/** Pearson's correlation of paired values; `null` with fewer than two pairs or where one side does not vary. */
export function pearson(xs: readonly number[], ys: readonly number[]): number | null {
  if (xs.length !== ys.length)
    throw new RangeError(`pearson: expected pairs, got ${xs.length} and ${ys.length} values`);
  const meanX = mean(xs);
  const meanY = mean(ys);
  if (meanX === null || meanY === null || xs.length < 2) return null;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  for (const [index, x] of xs.entries()) {
    const dx = x - meanX;
    const dy = (ys[index] as number) - meanY;
    xy += dx * dy;
    xx += dx * dx;
    yy += dy * dy;
  }
  if (xx <= Number.EPSILON * xs.length * meanX ** 2 || yy <= Number.EPSILON * ys.length * meanY ** 2) return null;
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx * yy)));
}

/**
 * 95 % interval of a correlation over `n` pairs by Fisher's z. `spread` is the variance of z times (n - 3):
 * 1 for Pearson; 1 + r^2 / 2 for Spearman (Bonett and Wright 2000). `null` with fewer than four pairs.
 */
export function correlationInterval(r: number, n: number, spread = 1): [number, number] | null {
  if (n < 4) return null;
  if (Math.abs(r) === 1) return [r, r];
  const half = NORMAL_975 * Math.sqrt(spread / (n - 3));
  return [Math.tanh(Math.atanh(r) - half), Math.tanh(Math.atanh(r) + half)];
}
