/** One division of Euclid's algorithm: `a = b * quotient + remainder`. */
export interface EuclidStep {
  a: number;
  b: number;
  quotient: number;
  remainder: number;
}

/** The divisions that lead from two positive whole numbers to a remainder of 0; the last `b` is their gcd. */
export function euclidSteps(first: number, second: number): EuclidStep[] {
  const steps: EuclidStep[] = [];
  let [a, b] = first >= second ? [first, second] : [second, first];
  while (b !== 0) {
    const remainder = a % b;
    steps.push({ a, b, quotient: (a - remainder) / b, remainder });
    [a, b] = [b, remainder];
  }
  return steps;
}

export function greatestCommonDivisor(a: number, b: number): number {
  return euclidSteps(a, b).at(-1)?.b ?? Math.max(a, b);
}

/** Every pair whose gcd comes up on the way, the problem's own first, as `larger,smaller`. Pairs with 0 are left out. */
export function euclidPairs(a: number, b: number): string[] {
  return euclidSteps(a, b).map((step) => `${step.a},${step.b}`);
}
