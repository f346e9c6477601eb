/** First and second moments of one parameter. */
export interface Moments {
  first: Float32Array;
  second: Float32Array;
}

/** What an update of one parameter needs besides the numbers themselves. */
export interface UpdateFactors {
  beta1: number;
  beta2: number;
  epsilon: number;
  /** Multiplied onto every gradient first (clipping). */
  gradientScale: number;
  /** What is left of the parameter after weight decay. */
  keep: number;
  /** The learning rate over the first moment's bias correction. */
  stepSize: number;
  /** One over the root of the second moment's bias correction. */
  secondCorrection: number;
}

/** The optimizer's passes over all numbers of a parameter. An executor may bring faster ones. */
export interface ParameterPasses {
  /** The sum and the squares of the numbers. */
  addSquares(sum: number, numbers: Float32Array): number;
  /** Updates the parameter and its moments in place. */
  adamw(parameter: Float32Array, gradient: Float32Array, moments: Moments, factors: UpdateFactors): void;
}

/** In double precision, number by number. */
export const plainPasses: ParameterPasses = {
  addSquares: (sum, numbers) => {
    let total = sum;
    for (let i = 0; i < numbers.length; i++) total += (numbers[i] as number) ** 2;
    return total;
  },
  adamw: (parameter, gradient, { first, second }, factors) => {
    const { beta1, beta2, epsilon, gradientScale, keep, stepSize, secondCorrection } = factors;
    for (let i = 0; i < parameter.length; i++) {
      const g = (gradient[i] as number) * gradientScale;
      const m = beta1 * (first[i] as number) + (1 - beta1) * g;
      const v = beta2 * (second[i] as number) + (1 - beta2) * g * g;
      first[i] = m;
      second[i] = v;
      parameter[i] = (parameter[i] as number) * keep - (stepSize * m) / (Math.sqrt(v) * secondCorrection + epsilon);
    }
  },
};
