/** Beyond this the probability left is under 1e-15. */
const farthest = 8;

/** Probability under the standard normal distribution up to `z`, from the power series of its integral. */
function normalProbability(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 1; Math.abs(term) > 1e-17 * Math.abs(sum); k++) {
    term *= (z * z) / (2 * k + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The value that a standard normal variable stays under with this probability, to about 9 digits. @throws RangeError outside (0, 1) */
export function normalQuantile(probability: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`normalQuantile: expected a probability between 0 and 1, got ${probability}`);
  let [low, high] = [-farthest, farthest];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalProbability(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
