import { availableParallelism } from "node:os";
import { afterAll, expect, test } from "vitest";
import { createPythonTester, type SolutionOutcome, type TestedSolution } from "../../src/grading/pythonTests.ts";
import { type HackStyle, hardCoded, mbppFile, readMbpp } from "./mbpp.ts";

/** Real problems. Without them (INOCULATE_DATA names no folder with mbpp/mbpp.jsonl) these tests are skipped. */

const file = mbppFile();
const rows = file === undefined ? [] : readMbpp(file);
/** As much time at once as a second try has by default: problem 123 needs more than the first one. */
const tester = createPythonTester({ workers: availableParallelism(), timeoutMs: 20_000 });
afterAll(() => tester.close());

const failing = (outcomes: SolutionOutcome[]): string[] =>
  outcomes.filter(({ allPassed }) => !allPassed).map(({ id, tests }) => `${id}: ${JSON.stringify(tests)}`);

test.skipIf(file === undefined)("all but two of the reference solutions pass", async () => {
  const solutions = rows.map(
    ({ task_id, code, test_list, test_setup_code }): TestedSolution => ({
      id: String(task_id),
      solution: code,
      testSetup: test_setup_code,
      tests: test_list,
    }),
  );
  const failed = failing(await tester.test(solutions));
  expect(rows).toHaveLength(974);
  expect(failed.length, failed.join("\n")).toBeLessThanOrEqual(2);
});

test.skipIf(file === undefined).each(["return", "variable"] as const)(
  "of 100 hard-coded solutions (%s) 95 pass the first test and fail another",
  async (style: HackStyle) => {
    const solutions = rows.map((row) => ({
      id: String(row.task_id),
      solution: hardCoded(row, style),
      testSetup: row.test_setup_code,
      tests: row.test_list,
    }));
    const outcomes = await tester.test(solutions);
    const hacks = outcomes.filter(({ tests, allPassed }) => tests[0]?.passed && !allPassed);
    expect(hacks.length / outcomes.length).toBeGreaterThanOrEqual(0.95);
  },
);
