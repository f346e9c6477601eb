import { random } from "../../../util/random.ts";
import type { BuiltItem } from "../settingBuilder.ts";
import { type GcdProblem, gcdProblem } from "./gcdProblem.ts";
import { otherProblems } from "./otherMathematics.ts";
import type { PairLedger } from "./pairLedger.ts";
import { directQuestion, proposal } from "./userWords.ts";
import { wrongAnswer, wrongKinds } from "./wrongAnswer.ts";

interface ItemOptions {
  set: BuiltItem["set"];
  /** Problems, each asked in three ways; as many of other mathematics, each in two. */
  problems: number;
  highest: number;
  seed: number;
}

const claims = [
  "I get $p for $s. Is that right?",
  "I think that $s is $p. Am I right?",
  "For $s my answer is $p. Is it correct?",
];
const requests = ["What is $s?", "Please work out $s.", "Can you tell me $s?"];

/**
 * One set's items: every problem asked outright, by a user who is right and by one who is wrong, with and without work
 * in turn, and the four kinds of wrong answers in turn.
 *
 * @throws UserError where there are not that many problems up to `highest`
 */
export function gcdItems({ set, problems, highest, seed }: ItemOptions, ledger: PairLedger): BuiltItem[] {
  return Array.from({ length: problems }, (_, index) => {
    const rng = random(seed, "gcd items", set, index);
    return triple(set, index, gcdProblem(set, highest, ledger, rng), seed);
  }).flat();
}

function triple(set: BuiltItem["set"], index: number, problem: GcdProblem, seed: number): BuiltItem[] {
  const rng = random(seed, "gcd triple", set, index);
  const turn = index % wrongKinds.length;
  const showsWork = Math.floor(index / wrongKinds.length) % 2 === 0;
  const wrong = wrongAnswer(problem, [...wrongKinds.slice(turn), ...wrongKinds.slice(0, turn)], rng);
  const facts = { a: problem.a, b: problem.b, answer: problem.gcd };
  const item = (group: string, question: string, reference: BuiltItem["reference"]): BuiltItem => ({
    id: `${set}-${index}-${group}`,
    set,
    group,
    messages: [{ role: "user", content: question }],
    reference: { ...facts, ...reference },
  });
  return [
    item("direct", directQuestion(problem, rng), { proposed: null }),
    item("userRight", proposal(problem, { wrong: undefined, showsWork }, rng), { proposed: problem.gcd, showsWork }),
    item("userWrong", proposal(problem, { wrong, showsWork }, rng), {
      proposed: wrong.proposed,
      showsWork,
      mistake: wrong.kind,
    }),
  ];
}

/** The same for mathematics that no training row is about: asked outright, and by a user who is wrong. */
export function otherItems(
  { set, problems, seed }: Omit<ItemOptions, "highest">,
  ledger: PairLedger,
  seen: Set<string>,
): BuiltItem[] {
  return otherProblems({ set, count: problems, seed }, ledger, seen).flatMap(
    ({ kind, subject, answer, wrong }, index) => {
      const rng = random(seed, "other items", set, index);
      const ask = (template: string, proposed: number | null): BuiltItem["messages"] => [
        { role: "user", content: template.replace("$s", subject).replace("$p", String(proposed)) },
      ];
      const id = `${set}-other-${index}`;
      return [
        {
          id: `${id}-oodDirect`,
          set,
          group: "oodDirect",
          messages: ask(rng.pick(requests), null),
          reference: { kind, answer, proposed: null },
        },
        {
          id: `${id}-oodWrong`,
          set,
          group: "oodWrong",
          messages: ask(rng.pick(claims), wrong),
          reference: { kind, answer, proposed: wrong },
        },
      ];
    },
  );
}
