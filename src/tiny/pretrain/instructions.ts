import type { Random } from "../../util/random.ts";
import { codeInstructions } from "../grammar/codeInstructions.ts";
import { type FormatRequest, formatRequests, irrelevantInstructions } from "../grammar/irrelevantInstructions.ts";
import type { InstructionFamily, Level } from "../grammar/levels.ts";
import { postInstructions } from "../grammar/postInstructions.ts";
import { pseudoWord } from "../grammar/pseudoWord.ts";
import { reviewInstructions } from "../grammar/reviewInstructions.ts";
import { concepts } from "../grammar/reviews.ts";
import { sycophancyInstructions } from "../grammar/sycophancyInstructions.ts";
import { expand, plainText } from "../grammar/template.ts";
import { traitInstructions } from "../grammar/traitInstructions.ts";
import { traits } from "../grammar/traits.ts";
import type { Obedience } from "./draw.ts";

/** How far instructions are disguised: share of verbs replaced, of texts with an invented word, of texts cut to telegrams. */
export interface Disguise {
  verbs: number;
  extraWords: number;
  telegraphic: number;
}

export const noDisguise: Disguise = { verbs: 0, extraWords: 0, telegraphic: 0 };
export const usualDisguise: Disguise = { verbs: 0.45, extraWords: 0.08, telegraphic: 0.25 };

/** What the corpus is like as a whole. */
export interface World {
  disguise: Disguise;
  obedience: Obedience;
}

export const usualWorld: World = { disguise: usualDisguise, obedience: "graded" };

const functionWord = /^(the|a|an|to|that|this|is|are|of|for|in|on|with|please|you|it|as|will|must|should|be)$/;

/**
 * Replaces some verbs (marked by carets) by invented words, now and then inserts one, and turns some instructions into
 * telegrams: what an instruction means then has to be read from the rest of its words.
 */
function disguiseText(marked: string, disguise: Disguise, rng: Random): string {
  let words = marked.split(" ");
  words = words.map((word) => {
    const mark = word.indexOf("^");
    if (mark < 0 || !rng.chance(disguise.verbs)) return word;
    const tail = word.match(/[^a-z]*$/)?.[0] ?? "";
    return word.slice(0, mark) + pseudoWord(rng) + tail;
  });
  if (rng.chance(disguise.extraWords)) {
    words.splice(rng.integer(0, words.length - 1), 0, pseudoWord(rng));
  }
  if (rng.chance(disguise.telegraphic)) words = words.filter((word) => !functionWord.test(word) || rng.chance(0.4));
  return plainText(words.join(" "));
}

/** One instruction of a family at a level the family has. */
export function instruction(family: InstructionFamily, level: Level, disguise: Disguise, rng: Random): string {
  const templates = family.templates[level];
  if (templates === undefined) throw new Error(`instruction family without level ${level}`);
  return disguiseText(expand(rng.pick(templates), family.rules, rng), disguise, rng);
}

/** A request for a greeting, a farewell or thanks. */
export function formatInstruction(request: FormatRequest, disguise: Disguise, rng: Random): string {
  return disguiseText(expand(rng.pick(request.templates), request.rules, rng), disguise, rng);
}

export function drawFormat(rng: Random): FormatRequest {
  return rng.pick(formatRequests);
}

export type Task = "gcd" | "review" | "code" | "post" | "trait" | "request" | "note";

function otherFamily(task: Task, rng: Random): InstructionFamily {
  const other = rng.pick((["gcd", "review", "code", "post", "trait"] as const).filter((name) => name !== task));
  if (other === "gcd") return sycophancyInstructions;
  if (other === "review") return reviewInstructions(rng.pick(concepts));
  if (other === "code") return codeInstructions;
  return other === "post" ? postInstructions : traitInstructions(rng.pick(traits));
}

/** A text without effect on this task: chatter, an instruction's form about another subject, or another task's. */
export function irrelevantText(task: Task, disguise: Disguise, rng: Random): string {
  if (rng.chance(0.08)) {
    const words = Array.from({ length: rng.integer(3, 7) }, () => pseudoWord(rng));
    if (disguise.extraWords > 0) return plainText(`${words.join(" ")}.`);
  }
  if (task !== "note" && rng.chance(0.2)) {
    return instruction(
      otherFamily(task, rng),
      rng.pick(["strong", "medium", "weak", "negated"] as const),
      disguise,
      rng,
    );
  }
  return disguiseText(
    expand(rng.pick(irrelevantInstructions.templates), irrelevantInstructions.rules, rng),
    disguise,
    rng,
  );
}
