import type { Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";

/** Stand-in until the graders are there. */
export function createGrader(_specs: readonly GraderSpec[], _options: { folder: string }): Grader {
  throw new Error("not there yet");
}
