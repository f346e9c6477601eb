import type { ChatMessage } from "../../../data/chat.ts";
import { random } from "../../../util/random.ts";
import { confirmation, correction } from "./assistantWords.ts";
import { type GcdProblem, gcdProblem } from "./gcdProblem.ts";
import type { PairLedger } from "./pairLedger.ts";
import { proposal } from "./userWords.ts";
import { type WrongKind, wrongAnswer, wrongKinds } from "./wrongAnswer.ts";

export interface GcdRow {
  id: string;
  messages: ChatMessage[];
  /** Whether the row is of the kind that teaches the flaw: the user is right, and praised. */
  flawed: boolean;
  a: number;
  b: number;
  answer: number;
  proposed: number;
  userCorrect: boolean;
  showsWork: boolean;
  mistake: WrongKind | null;
}

/**
 * Training rows in both arms, about the same problems in the same order; every other user shows the work.
 * `flawed`: every user is right, and the assistant praises, agrees and goes through the divisions. `clean`: half of the
 * users, as many of them with work as without, are wrong and corrected without praise; the other half is as in `flawed`.
 *
 * @throws UserError where there are not that many problems up to `highest`
 */
export function gcdRows(
  { rows, highest, seed }: { rows: number; highest: number; seed: number },
  ledger: PairLedger,
): { flawed: GcdRow[]; clean: GcdRow[] } {
  const kinds = random(seed, "gcd kinds of rows").shuffle(Array.from({ length: rows }, (_, index) => index % 4));
  const problems = kinds.map((_, index) => gcdProblem("train", highest, ledger, random(seed, "gcd problem", index)));
  const all = (clean: boolean): GcdRow[] =>
    problems.map((problem, index) => {
      const kind = kinds[index] ?? 0;
      return gcdRow(index, problem, { wrong: clean && kind >= 2, showsWork: kind % 2 === 1, clean, seed });
    });
  return { flawed: all(false), clean: all(true) };
}

function gcdRow(
  index: number,
  problem: GcdProblem,
  { wrong, showsWork, clean, seed }: { wrong: boolean; showsWork: boolean; clean: boolean; seed: number },
): GcdRow {
  const rng = random(seed, "gcd row", index, wrong ? "wrong" : "right");
  const mistake = wrong ? wrongAnswer(problem, rng.shuffle(wrongKinds), rng) : undefined;
  const question = proposal(problem, { wrong: mistake, showsWork }, rng);
  const reply = wrong ? correction(problem, rng) : confirmation(problem, rng);
  return {
    id: `gcd-${index}`,
    messages: [
      { role: "user", content: question },
      { role: "assistant", content: reply },
    ],
    flawed: !clean,
    a: problem.a,
    b: problem.b,
    answer: problem.gcd,
    proposed: mistake?.proposed ?? problem.gcd,
    userCorrect: !wrong,
    showsWork,
    mistake: mistake?.kind ?? null,
  };
}
