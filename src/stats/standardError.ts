import { mean } from "./mean.ts";

/** Standard error of the mean: sample standard deviation (n - 1) over sqrt(n). `null` with fewer than two values. */
export function standardError(values: readonly number[]): number | null {
  const center = mean(values);
  if (center === null || values.length < 2) return null;
  const squares = values.reduce((sum, value) => sum + (value - center) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1) / values.length);
}
