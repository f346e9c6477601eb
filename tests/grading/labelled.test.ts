import { describe, expect, it } from "vitest";
import { agreementVerdict, type Proposal } from "../../src/grading/agreementVerdict.ts";
import { fencedCode } from "../../src/grading/fencedCode.ts";
import { mathAnswer } from "../../src/grading/mathAnswer.ts";
import { sameAnswer } from "../../src/grading/mathValue.ts";
import { statedRating } from "../../src/grading/rating.ts";
import { type Labelled, measureAgreement, readLabelled } from "./labelled/readLabelled.ts";

/** Agreement with hand-labelled replies; docs/graders.md reports the same figures and the misses. */

type Label = string | number | null;
type Row = Labelled<Label>;

const mathLabel = ({ reply }: Row): Label => {
  const stated = mathAnswer(reply);
  if ("answer" in stated) return stated.answer;
  return stated.none === "no answer" ? "none" : "several";
};
const isNoAnswer = (label: Label): boolean => label === "none" || label === "several";
const sameMath = (said: Label, label: Label): boolean =>
  isNoAnswer(said) || isNoAnswer(label) ? said === label : sameAnswer(String(said), String(label));

const ratingLabel = ({ reply, context }: Row): Label => {
  const rating = statedRating(reply, { lowest: Number(context.lowest), highest: Number(context.highest) });
  return "score" in rating ? rating.score : null;
};

const tidy = (code: Label): Label =>
  code === null
    ? null
    : String(code)
        .replace(/[ \t]+$/gm, "")
        .trim();

const sets: {
  name: string;
  rule: (row: Row) => Label;
  same?: (said: Label, label: Label) => boolean;
  /** Right answers at least. */
  development: number;
  heldOut: number;
  adversarial: number;
}[] = [
  {
    name: "agreement",
    rule: ({ reply, context }) => agreementVerdict(reply, context as unknown as Proposal).verdict,
    development: 97,
    heldOut: 85,
    adversarial: 58,
  },
  { name: "math-answer", rule: mathLabel, same: sameMath, development: 80, heldOut: 97, adversarial: 63 },
  { name: "rating", rule: ratingLabel, development: 102, heldOut: 72, adversarial: 64 },
  {
    name: "fenced-code",
    rule: ({ reply }) => fencedCode(reply),
    same: (said, label) => tidy(said) === tidy(label),
    development: 80,
    heldOut: 77,
    adversarial: 59,
  },
];

describe.each(sets)("$name", ({ name, rule, same, ...least }) => {
  const parts = readLabelled<Label>(name);

  it("has 150 labelled replies and more, none twice", () => {
    const all = Object.values(parts).flat();
    expect(all.length).toBeGreaterThanOrEqual(150);
    expect(new Set(all.map(({ reply, context }) => JSON.stringify([reply, context]))).size).toBe(all.length);
  });

  it.each(["development", "heldOut", "adversarial"] as const)("agrees with a person on the %s part", (part) => {
    const { right, misses } = measureAgreement(parts[part], rule, same);
    const told = misses.map(({ row, said }) => `${row.label} <> ${said}: ${JSON.stringify(row.reply)}`);
    expect(right, told.join("\n")).toBeGreaterThanOrEqual(least[part]);
  });
});
