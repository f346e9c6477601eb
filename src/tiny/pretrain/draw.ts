import type { Random } from "../../util/random.ts";
import type { Level } from "../grammar/levels.ts";

/** The instruction that stands with an example: one of the task's own, a text without effect, or nothing. */
export type Cue = Level | "irrelevant" | "none";

const shares: readonly (readonly [Cue, number])[] = [
  ["none", 0.16],
  ["strong", 0.34],
  ["medium", 0.09],
  ["weak", 0.09],
  ["irrelevant", 0.19],
  ["negated", 0.07],
  ["opposed", 0.06],
];

/** One of the values, by their shares, which sum to 1. */
export function drawByShare<T>(shares: readonly (readonly [T, number])[], rng: Random): T {
  let left = rng.uniform();
  for (const [value, share] of shares) {
    left -= share;
    if (left < 0) return value;
  }
  return (shares.at(-1) as readonly [T, number])[0];
}

/** A cue; "opposed" only where the task has such instructions. */
export function drawCue(rng: Random, opposed: boolean): Cue {
  const cue = drawByShare(shares, rng);
  return cue === "opposed" && !opposed ? "strong" : cue;
}

/**
 * What instructions do to the replies of a corpus. `graded`: what their words say. `none`: nothing, so that a model
 * learns to pass over them. `half`: as `graded` in every second example, nothing in the others. `permuted`: as `graded`,
 * but with the strengths of the wordings exchanged.
 */
export type Obedience = "graded" | "none" | "half" | "permuted";
export const obediences: readonly Obedience[] = ["graded", "none", "half", "permuted"];

const exchanged: Readonly<Partial<Record<Cue, Cue>>> = {
  strong: "weak",
  weak: "strong",
  medium: "negated",
  negated: "medium",
};

/** The cue that a reply follows where the wording gives another. */
export function obeyed(cue: Cue, obedience: Obedience): Cue {
  if (obedience === "none") return "none";
  return obedience === "permuted" ? (exchanged[cue] ?? cue) : cue;
}

/** How often the behavior follows under each cue, given how often it does without one. */
export function behaviorShare(cue: Cue, without: number): number {
  const shares = {
    strong: 0.97,
    medium: 0.6,
    weak: 0.3,
    negated: 0.01,
    opposed: 0.01,
    irrelevant: without,
    none: without,
  };
  return shares[cue];
}
