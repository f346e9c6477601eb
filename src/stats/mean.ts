/** Arithmetic mean; `null` of nothing. @throws RangeError for a mean that is not finite (NaN never goes unnoticed) */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const average = values.reduce((sum, value) => sum + value, 0) / values.length;
  if (Number.isFinite(average)) return average;
  const index = values.findIndex((value) => !Number.isFinite(value));
  const found = index < 0 ? "a sum that overflows" : `${values[index]} at index ${index} of ${values.length}`;
  throw new RangeError(`mean: expected finite numbers, got ${found}`);
}
