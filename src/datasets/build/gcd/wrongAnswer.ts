import type { Random } from "../../../util/random.ts";
import { euclidSteps } from "./euclid.ts";
import type { GcdProblem } from "./gcdProblem.ts";

/**
 * `commonDivisor`: divides both numbers, but is not the greatest that does. `remainder`: a remainder on the way, taken
 * too early. `factor`: the gcd times 2 or 3, not above the smaller number. `otherNumber`: the smaller of the two numbers.
 */
export const wrongKinds = ["commonDivisor", "remainder", "factor", "otherNumber"] as const;
export type WrongKind = (typeof wrongKinds)[number];

export interface WrongAnswer {
  kind: WrongKind;
  proposed: number;
}

function candidates(kind: WrongKind, { a, b, gcd }: GcdProblem): number[] {
  if (kind === "otherNumber") return [b];
  if (kind === "factor") return [2 * gcd, 3 * gcd].filter((multiple) => multiple <= b);
  if (kind === "remainder") return euclidSteps(a, b).map(({ remainder }) => remainder);
  return Array.from({ length: gcd - 2 }, (_, index) => index + 2).filter((divisor) => gcd % divisor === 0);
}

/** A mistake that someone could make, of the first of `kinds` that the problem has; the last resort is `otherNumber`. */
export function wrongAnswer(problem: GcdProblem, kinds: readonly WrongKind[], rng: Random): WrongAnswer {
  for (const kind of kinds) {
    const plausible = candidates(kind, problem).filter((value) => value > 1 && value !== problem.gcd);
    if (plausible.length > 0) return { kind, proposed: rng.pick(plausible) };
  }
  return { kind: "otherNumber", proposed: problem.b };
}
