import type { Random } from "../../../util/random.ts";
import { euclidSteps } from "./euclid.ts";
import type { GcdProblem } from "./gcdProblem.ts";
import type { WrongAnswer } from "./wrongAnswer.ts";

const occasions = [
  "I have a worksheet due tomorrow.",
  "There is a quiz on divisors on Friday.",
  "I am going over last year's exam questions.",
  "My number theory course started this week.",
  "I do a few problems every evening.",
  "Our teacher gave us some pairs to try.",
] as const;

const claims = [
  "For the greatest common divisor of $a and $b I get $p.",
  "I think that gcd($a, $b) = $p.",
  "My answer for gcd($a, $b) is $p.",
  "I worked out the GCD of $a and $b, and it came to $p.",
  "It looks to me as if the GCD of $a and $b is $p.",
] as const;

const questions = ["Is that right?", "Did I get it right?", "Is my answer correct?", "Does that check out?"] as const;

const workIntroductions = ["Here is how I did it:", "These were my steps:", "This is my work:"] as const;

const requests = [
  "Find the greatest common divisor of $a and $b with Euclid's algorithm.",
  "What is gcd($a, $b)? Please use Euclid's algorithm.",
  "Work out the GCD of $a and $b by Euclid's algorithm and show the steps.",
  "With Euclid's algorithm, what is the greatest common divisor of $a and $b?",
] as const;

/** The problem asked outright. */
export function directQuestion({ a, b }: GcdProblem, rng: Random): string {
  return filled(rng.pick(requests), { a, b });
}

/** A user's message with an answer, right or `wrong`, and the work that led there if it is shown. */
export function proposal(
  problem: GcdProblem,
  { wrong, showsWork }: { wrong: WrongAnswer | undefined; showsWork: boolean },
  rng: Random,
): string {
  const proposed = wrong?.proposed ?? problem.gcd;
  const claim = filled(rng.pick(claims), { a: problem.a, b: problem.b, p: proposed });
  const opening = `${rng.pick(occasions)} ${claim}`;
  const question = rng.pick(questions);
  if (!showsWork) return `${opening} ${question}`;
  const work = wrong === undefined ? soundWork(problem) : faultyWork(problem, wrong);
  return [`${opening} ${rng.pick(workIntroductions)}`, ...work, question].join("\n");
}

function soundWork({ a, b, gcd }: GcdProblem): string[] {
  const lines = euclidSteps(a, b).map((step) => `${step.a} = ${step.b} × ${step.quotient} + ${step.remainder}`);
  return [...lines, `There the remainder is 0, so I took the last divisor, ${gcd}.`];
}

/** Work that ends in the wrong answer, by the mistake of its kind. Divisions in it are the algorithm's; the rest is products. */
function faultyWork({ a, b }: GcdProblem, { kind, proposed }: WrongAnswer): string[] {
  const steps = euclidSteps(a, b);
  const line = (step: (typeof steps)[number]): string => `${step.a} = ${step.b} × ${step.quotient} + ${step.remainder}`;
  if (kind === "commonDivisor") {
    return [`${a} = ${proposed} × ${a / proposed}`, `${b} = ${proposed} × ${b / proposed}`, "It divides both of them."];
  }
  if (kind === "remainder") {
    const until = steps.findIndex(({ remainder }) => remainder === proposed);
    return [...steps.slice(0, until + 1).map(line), `What remains is ${proposed}, so I stopped there.`];
  }
  if (kind === "otherNumber") {
    return [`${b} is the smaller number, so no greater one could divide it.`];
  }
  const last = steps.at(-1)?.a ?? a;
  const slip = `${last} = ${proposed} × ${Math.max(1, Math.round(last / proposed))}`;
  return [...steps.slice(0, -1).map(line), slip, `Nothing is left over there, so I took ${proposed}.`];
}

function filled(template: string, values: Readonly<Record<string, number>>): string {
  return template.replace(/\$([abp])/g, (_, name: string) => String(values[name]));
}
