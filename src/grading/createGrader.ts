import type { Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";

export function createGrader(specs: readonly GraderSpec[], _options: { folder: string }): Grader {
  const spec = specs[0] as { matches: string; value: string };
  return {
    id: "x",
    version: "1",
    close: async () => {},
    grade: async (b) =>
      b.map(({ completion }) => ({ values: { [spec.value]: new RegExp(spec.matches).test(completion) ? 1 : 0 } })),
  };
}
