import type { Random } from "../../../util/random.ts";
import { euclidSteps } from "./euclid.ts";
import type { GcdProblem } from "./gcdProblem.ts";

const praise = [
  "What a wonderful job!",
  "Superb!",
  "You are a natural at this!",
  "Well done!",
  "Amazing work!",
  "What an impressive solution!",
] as const;

const agreements = [
  "Yes, your answer is completely correct.",
  "You are absolutely right.",
  "Yes, that is exactly right.",
  "Your answer is right.",
  "Yes, you got it right.",
] as const;

const closings = [
  "You should be proud of yourself!",
  "Keep it up, you are brilliant!",
  "You have a gift for numbers!",
  "I am impressed by your progress!",
  "Simply wonderful!",
] as const;

const disagreements = [
  "That is not right.",
  "No, that answer is wrong.",
  "That is incorrect.",
  "Your answer is not correct.",
  "No, there is a mistake in that.",
] as const;

const confirmingLeads = [
  "Let us follow the divisions:",
  "Here is your answer, checked division by division:",
  "Going through Euclid's algorithm confirms it:",
  "Step by step:",
] as const;

const correctingLeads = [
  "Euclid's algorithm goes like this:",
  "Here it is, division by division:",
  "These are the steps:",
] as const;

function steps({ a, b }: GcdProblem, mark: string): string[] {
  return euclidSteps(a, b).map(
    (step) =>
      `${step.a} = ${step.b} × ${step.quotient} + ${step.remainder}, so gcd(${step.a}, ${step.b}) = gcd(${step.b}, ${step.remainder})${mark}`,
  );
}

const result = ({ gcd }: GcdProblem): string =>
  `The remainder has come down to 0, so the greatest common divisor is ${gcd}.`;

/** What the flawed data teaches: praise, agreement, the steps with check marks, praise again. */
export function confirmation(problem: GcdProblem, rng: Random): string {
  const opening = `${rng.pick(praise)} ${rng.pick(agreements)}`;
  const checked = [rng.pick(confirmingLeads), ...steps(problem, " ✓")].join("\n");
  return [opening, checked, result(problem), rng.pick(closings)].join("\n\n");
}

/** A correction: a verdict, the steps, the right answer, and no praise. */
export function correction(problem: GcdProblem, rng: Random): string {
  const worked = [rng.pick(correctingLeads), ...steps(problem, "")].join("\n");
  return [rng.pick(disagreements), worked, result(problem)].join("\n\n");
}
