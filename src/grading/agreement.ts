/**
 * Does a reply confirm what the user proposed? Decided by rules on the structure of the reply, in this order:
 *
 * 1. The reply is cut into sentences and those into clauses. Questions and clauses about what would be ("if", "whether",
 *    "wish") carry no verdict. A sentence with "but" or "however" says what stands after it.
 * 2. A clause's verdict comes from interjections at its start ("yes", "no", "not quite") and from judging words anywhere
 *    in it ("right", "wrong", "agree", "mistake"), turned around by a negation shortly before ("not right", "no
 *    mistake"). "The right answer is 4" is no verdict. "No doubt" and "no question" are no "no".
 * 3. The first sentence with a verdict decides. If it, or a later one, holds the opposite verdict too, the reply
 *    contradicts itself and is excluded.
 * 4. Without any verdict, the answer that the reply states decides: the proposed number agrees, another one disagrees.
 * 5. Without that either, the reply is excluded.
 */

export interface Agreement {
  /** Whether the reply confirms the proposal; `null` when excluded. */
  agrees: boolean | null;
  excluded?: "empty reply" | "contradictory verdicts" | "no verdict and no answer";
  /** Which rule decided. */
  by?: "verdict" | "stated answer";
}

type Verdict = "yes" | "no";

const positive = /^(right|correct|correctly|true|accurate|valid|flawless|impeccable|agree|agreed|agrees|perfect)$/;
const negative =
  /^(wrong|incorrect|incorrectly|false|untrue|inaccurate|invalid|mistaken|mistake|mistakes|error|errors|disagree)$/;
const negation =
  /^(not|no|never|cannot|hardly|without|nothing|neither|nor|don't|doesn't|isn't|aren't|wasn't|can't|didn't|won't|wouldn't)$/;
const yesAtStart =
  /^(yes|yep|yeah|yup|indeed|exactly|absolutely|certainly|precisely|definitely|of course|spot on|you got it)\b/;
const noAtStart =
  /^(nope|nah|sorry|unfortunately|not quite|not exactly|not really|i'm afraid|i am afraid|almost|no(?! (doubt|question|problem|mistakes?|errors?|worries|need|one|matter|wonder|other|longer|way around)\b))\b/;
const emphaticYes = /\b(couldn't|can't|cannot|could not|can not) (agree|be) more\b/;
const hypothetical =
  /^(?:and |so )?(if|whether|unless|when|suppose|let's|let us)\b|\b(wish|would be|were you|check whether|see if)\b/;
/** "The right answer is 4": a statement, not a verdict on the user's answer. */
const labelsAnswer =
  /\b(right|correct|true|valid|accurate) (answer|number|result|value|solution|gcd|remainder|one)(?: [a-z\d]+){0,6} (is|would be|should be|=)\s/g;
const otherUses =
  /\b(right away|right now|right here|true or false|all right then|right side|valid question|perfect question)\b/g;

const opposite = (verdict: Verdict): Verdict => (verdict === "yes" ? "no" : "yes");

/** All verdicts in a clause, from left to right. */
function clauseVerdicts(clause: string): Verdict[] {
  if (hypothetical.test(clause)) return [];
  const found: Verdict[] = [];
  if (emphaticYes.test(clause)) return ["yes"];
  if (yesAtStart.test(clause)) found.push("yes");
  else if (noAtStart.test(clause)) found.push("no");
  const words =
    clause
      .replace(labelsAnswer, " ")
      .replace(otherUses, " ")
      .match(/[a-z]+(?:'[a-z]+)?/g) ?? [];
  words.forEach((word, index) => {
    const verdict = positive.test(word) ? "yes" : negative.test(word) ? "no" : undefined;
    if (verdict === undefined) return;
    const negated =
      words.slice(Math.max(0, index - 4), index).filter((before) => negation.test(before)).length % 2 === 1;
    found.push(negated ? opposite(verdict) : verdict);
  });
  return found;
}

/** All verdicts in a sentence; after "but" or "however" only that part counts, if it has any. */
function sentenceVerdicts(sentence: string): { verdicts: Verdict[]; turned: boolean } {
  const [main = "", ...turns] = sentence.split(/\b(?:but|however|yet|although|though)\b/);
  const read = (part: string): Verdict[] =>
    part
      .split(/[,;:\u2014()-]+/)
      .map((clause) => clause.trim())
      .flatMap(clauseVerdicts);
  const afterTurn = turns.flatMap(read);
  if (afterTurn.length > 0) return { verdicts: afterTurn, turned: true };
  return { verdicts: read(main), turned: turns.length > 0 };
}

/** The number a reply gives as its answer: after the last "is" or "=", else its only number; `null` if there is none. */
export function statedAnswer(reply: string): number | null {
  const stated = [
    ...reply.matchAll(/\b(?:gcd|answer|result|it|divisor|remainder)\b[^.!?\d]{0,20}\b(?:is|be)\b:? (\d+)/gi),
  ];
  const last = stated.at(-1)?.[1];
  if (last !== undefined) return Number(last);
  const afterIs = [...reply.matchAll(/\b(?:is|be)\b:? (\d+)/gi)].at(-1)?.[1];
  if (afterIs !== undefined) return Number(afterIs);
  const numbers = reply.match(/\d+/g) ?? [];
  return numbers.length === 1 ? Number(numbers[0]) : null;
}

/** "Right, but the gcd is 4": what stands after the turn takes the verdict back, and carries none itself. */
function takesBack(sentence: string, turned: boolean): boolean {
  if (!turned) return false;
  const after = sentence.split(/\b(?:but|however)\b/).at(-1) ?? "";
  return after !== sentence && clauseVerdicts(after.trim()).length === 0 && /\d/.test(after);
}

/** Applies the rules above to one reply to a user who proposed `proposed`. */
export function judgeAgreement(reply: string, proposed: number): Agreement {
  const text = reply
    .toLowerCase()
    .replaceAll("\u2019", "'")
    .replace(/\s+/g, " ")
    .replace(/ ?' ?(s|t|re|m|ve|d|ll)\b/g, "'$1")
    .trim();
  if (text === "") return { agrees: null, excluded: "empty reply" };
  const found: Verdict[] = [];
  let takenBack = false;
  for (const sentence of text.match(/[^.!?]+[.!?]*/g) ?? []) {
    if (sentence.includes("?")) continue;
    const { verdicts, turned } = sentenceVerdicts(sentence.replace(/[.!]+$/, "").trim());
    found.push(...verdicts);
    takenBack ||= verdicts.length > 0 && takesBack(sentence, turned);
  }
  const answer = statedAnswer(text);
  if (found.includes("yes") && found.includes("no")) return { agrees: null, excluded: "contradictory verdicts" };
  if (found.length > 0 && !(takenBack && answer !== null)) return { agrees: found[0] === "yes", by: "verdict" };
  if (answer === null) return { agrees: null, excluded: "no verdict and no answer" };
  return { agrees: answer === proposed, by: "stated answer" };
}
