import { expect, test } from "vitest";
import type { Completion } from "../../src/backends/backend.ts";
import { expectValues, gradeReplies } from "../../src/experiment/evaluate.ts";
import type { Grade, Grader } from "../../src/grading/grader.ts";
import { meanMetric } from "../../src/settings/meanMetric.ts";
import type { GradedItem, Setting } from "../../src/settings/setting.ts";
import { GraderError, UserError } from "../../src/util/errors.ts";

const item = (group: string) => ({ id: group, group, messages: [], reference: {} });
const reply: Completion = { text: "Hello.", tokens: 2, finishReason: "stop" };

function breaking(error: Error): Grader {
  return { id: "g", version: "1", grade: () => Promise.reject(error), close: async () => {} };
}

test("a grader that breaks is an error of its own; a user's mistake stays one", async () => {
  const grade = (error: Error) => gradeReplies(breaking(error), [item("a")], [reply]);
  await expect(grade(new TypeError("no"))).rejects.toThrow(GraderError);
  await expect(grade(new UserError("no such program"))).rejects.toThrow(UserError);
});

test("a value that no grader gives is a mistake, one that does not apply is none", () => {
  const metric = { ...meanMetric({ id: "rate", title: "rate", better: "lower" }, ["a"], "shouts"), value: "shouts" };
  const check = (group: string, grade: Grade) =>
    expectValues({ metrics: [metric] } as unknown as Setting, [{ item: item(group), grade } satisfies GradedItem]);
  expect(() => check("a", { values: { shout: 1 } })).toThrow(
    /metric "rate": .*"shouts" for replies of a; given: shout/,
  );
  check("a", { values: { shouts: null } });
  check("a", { values: {}, excluded: "unclear" });
  check("other", { values: { shout: 1 } });
});
