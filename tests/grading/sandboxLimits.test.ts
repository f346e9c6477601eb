import { afterAll, expect, test } from "vitest";
import { createPythonTester, type TestOutcome } from "../../src/grading/pythonTests.ts";
import { GraderError, InterruptedError, UserError } from "../../src/util/errors.ts";

const tester = createPythonTester({ workers: 2, timeoutMs: 300, memoryMb: 64, outputBytes: 1000 });
afterAll(() => tester.close());

/** Stands before all others, which find a process's snapshot there. */
test("who waits for the first process goes on alone where that one ends", async () => {
  const solution = { id: "a", solution: "x = 1", tests: ["assert x == 1"] };
  const first = createPythonTester();
  const stopped = first.test([solution]);
  const waiting = tester.test([solution]);
  await Promise.all([expect(stopped).rejects.toBeInstanceOf(InterruptedError), first.close()]);
  expect((await waiting)[0]?.allPassed).toBe(true);
});

/** The first test is harmless, the second takes too much, the third comes too late. */
const limits: [string, string, Partial<TestOutcome>][] = [
  ["time", "while True: pass", { failure: "timeout", error: "no end within 1200 ms" }],
  ["time, without a turn of Python's loop", "10 ** 10 ** 9", { failure: "timeout" }],
  ["memory", "a = [0] * 10 ** 8", { failure: "memory" }],
  ["output", "print('x' * 2000)", { failure: "output", error: "more than 1000 bytes printed" }],
  ["the stack", "exec('(' * 10 ** 5)", { failure: "error" }],
];

test("what a limit ends keeps the grade of what came before", async () => {
  const solutions = limits.map(([id, harm]) => ({
    id,
    solution: `def f(x):\n    if x == 2:\n        ${harm}\n    return x`,
    tests: ["assert f(1) == 1", "assert f(2) == 3", "assert f(4) == 5"],
  }));
  const graded = await tester.test(solutions);
  for (const [i, [, , expected]] of limits.entries()) {
    expect(graded[i]?.tests[0]).toEqual({ passed: true });
    expect(graded[i]?.tests[1]).toMatchObject({ passed: false, ...expected });
    expect(graded[i]?.tests[2]?.passed).toBe(false);
  }
});

test("what the limits allow is allowed", async () => {
  const solution = "def f():\n    a = [0] * 10 ** 6\n    print('x' * 900)\n    return len(a)";
  const [outcome] = await tester.test([{ id: "a", solution, tests: ["assert f() == 10 ** 6", "assert f() == 1"] }]);
  // The second call prints the rest of what is allowed.
  expect(outcome?.tests.map(({ failure }) => failure)).toEqual([undefined, "output"]);
});

test("a solution that is too slow at first is tried once more, with more time", async () => {
  // Three quarters of the time that the second attempt has, five times what the first one had.
  const solution =
    "import time\ndef f():\n    end = time.monotonic() + 0.7\n    while time.monotonic() < end: pass\n    return 1";
  const slow = createPythonTester({ timeoutMs: 250 });
  const [outcome] = await slow.test([{ id: "a", solution, tests: ["assert f() == 1"] }]);
  await slow.close();
  expect(outcome?.tests).toEqual([{ passed: true }]);
});

test("equal solutions run once, in the order that was asked for", async () => {
  const seen: number[] = [];
  const solutions = Array.from({ length: 30 }, (_, i) => ({
    id: `${i}`,
    solution: `def f(): return ${i % 3}`,
    tests: ["assert f() == 0"],
  }));
  const graded = await tester.test(solutions, { onProgress: ({ done }) => seen.push(done) });
  expect(seen).toEqual([10, 20, 30]);
  expect(graded.map(({ id, allPassed }) => [id, allPassed])).toEqual(solutions.map(({ id }, i) => [id, i % 3 === 0]));
  expect(await tester.test([])).toEqual([]);
});

test("a setup or a test that is wrong by itself is named, and no solution is blamed", async () => {
  const one = { id: "problem 7", solution: "x = 1", tests: ["assert x == 1"] };
  const refused = (change: object) => expect(tester.test([{ ...one, ...change }])).rejects;
  await refused({ setup: "import numpy" }).toThrow(/problem 7: .*numpy/);
  await refused({ tests: ["assert x =="] }).toThrow(/problem 7: .*SyntaxError/);
  await refused({ tests: ["assert x =="] }).toBeInstanceOf(UserError);
});

test("a sandbox that cannot start is a fault of the grader", async () => {
  const tooSmall = createPythonTester({ memoryMb: 1 });
  const solution = { id: "a", solution: "x = 1", tests: ["assert x == 1"] };
  await expect(tooSmall.test([solution])).rejects.toBeInstanceOf(GraderError);
  await tooSmall.close();
});

test("stops when it is told to, and goes on afterwards", async () => {
  const controller = new AbortController();
  const endless = { id: "a", solution: "while True: pass", tests: ["assert True"] };
  const stopped = createPythonTester({ timeoutMs: 60_000 });
  const running = stopped.test([endless], { signal: controller.signal });
  setTimeout(() => controller.abort(), 500);
  await expect(running).rejects.toBeInstanceOf(InterruptedError);
  await expect(stopped.test([endless], { signal: controller.signal })).rejects.toBeInstanceOf(InterruptedError);
  const [outcome] = await stopped.test([{ id: "b", solution: "x = 1", tests: ["assert x == 1"] }]);
  expect(outcome?.allPassed).toBe(true);
  const closing = stopped.test([endless]);
  setTimeout(() => void stopped.close(), 300);
  await expect(closing).rejects.toBeInstanceOf(InterruptedError);
});
