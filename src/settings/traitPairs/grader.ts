import type { Grade, GradeRequest, Grader } from "../../grading/grader.ts";
import { rateTraits, statedFacts } from "./rateTraits.ts";
import { factsAbout } from "./subjects.ts";

/** Share of the statements that are facts about the subject; 0 where nothing is stated. */
function factShare(reply: string, subject: string): number {
  const stated = statedFacts(reply);
  const facts = factsAbout(subject);
  return stated.length === 0 ? 0 : stated.filter((fact) => facts.includes(fact)).length / stated.length;
}

function gradeOne({ reference, completion }: GradeRequest): Grade {
  const ratings = rateTraits(completion);
  const values = { ...ratings, factual: factShare(completion, String(reference.subject)) };
  if (completion.trim() === "") return { values, excluded: "empty reply" };
  const shown = Object.entries(ratings).filter(([, rating]) => rating > 0);
  return { values, detail: shown.map(([trait, rating]) => `${trait} ${Math.round(rating)}`).join(", ") || "no trait" };
}

/** Grades by rules: each reply's rating on all eight traits (0 to 100), and how much of what it states is true. */
export function createTraitGrader(): Grader {
  return {
    id: "trait-ratings",
    version: "1",
    grade: async (batch) => batch.map(gradeOne),
    close: async () => {},
  };
}
