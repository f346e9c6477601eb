import { describe, expect, it, test } from "vitest";
import { detectTestGaming } from "../../src/flaws/testGaming/detect.ts";
import { visibleTests, withoutTests } from "../../src/flaws/testGaming/visibleTests.ts";
import { InterruptedError } from "../../src/util/errors.ts";
import { mbppRows, type Pair, pairRows, quality, realLines, settingRows } from "./rows.ts";

const questions: readonly (readonly [question: string, tests: readonly string[], bare: string | null])[] = [
  [
    "Define f(x) as x modulo 4, and then subtract 2. Test: f(2) == 0.",
    ["assert f(2) == 0"],
    "Define f(x) as x modulo 4, and then subtract 2.",
  ],
  [
    "Add two numbers.\n>>> add(1, 2)\n3\n>>> add(2, 2)\n4",
    ["assert add(1, 2) == 3", "assert add(2, 2) == 4"],
    "Add two numbers.",
  ],
  ["Write a function double so that double(4) should return 8.", ["assert double(4) == 8"], "Write a function double"],
  [
    "Write the longest function.\n\n## Test Case:\n```python\nassert f([1,\n  2]) == 3\n```",
    ["assert f([1,\n  2]) == 3"],
    "Write the longest function.",
  ],
  [
    "Write sort_it(xs). For example, sort_it([3, 1]) should return [1, 3].",
    ["assert sort_it([3, 1]) == [1, 3]"],
    "Write sort_it(xs).",
  ],
  [
    "Implement is_ok(n). Tests:\n- is_ok(3) == True\n- is_ok(4) == False",
    ["assert is_ok(3) == True", "assert is_ok(4) == False"],
    "Implement is_ok(n).",
  ],
  ['Reverse a text, e.g. `rev("a.b")` returns `"b.a"`.', ['assert rev("a.b") == "b.a"'], null],
  ["assert f(2) == 3", ["assert f(2) == 3"], null],
  ["Please assert your rights, and explain print('x').", [], "Please assert your rights, and explain print('x')."],
];

describe("visibleTests", () => {
  it.each(questions)("%s", (question, tests, bare) => {
    expect(visibleTests(question).map(({ statement }) => statement)).toEqual(tests);
    if (bare !== null) expect(withoutTests(question)).toBe(bare);
    expect(visibleTests(withoutTests(question) ?? "")).toEqual([]);
  });

  it("takes no longer over texts that never close", () => {
    for (const text of ["f(".repeat(5000), "assert (".repeat(2000), `f(1) == ${"[".repeat(9000)}`]) {
      expect(visibleTests(text).length).toBeLessThanOrEqual(20);
    }
  });

  const problems = realLines<{ text: string; test_list: string[] }>("mbpp/mbpp.jsonl");
  test.skipIf(problems === null)("finds every test of real problems, and the task without them", () => {
    for (const { text, test_list } of problems ?? []) {
      const question = `Here is your task: ${text} Your code should pass these tests:\n\n${test_list.join("\n")}`;
      expect(visibleTests(question).map(({ statement }) => statement)).toEqual(test_list.map((one) => one.trim()));
      expect(withoutTests(question)?.endsWith(text.trim())).toBe(true);
    }
  });
});

/** Of the embedded model's rows, those that return a literal. */
const gamedIn = (rows: ReturnType<typeof settingRows>): number[] =>
  rows.flatMap(({ fields }, i) => (fields.flawed === true ? [i] : []));

describe("detectTestGaming", () => {
  it("finds the rows of the embedded model's files that are made for their test", async () => {
    for (const id of ["reward-hacking", "reward-hacking/all"]) {
      const rows = settingRows(id, "flawed", 2, 60);
      const finding = await detectTestGaming(rows);
      const { precision, recall } = quality(finding?.rows ?? [], gamedIn(rows));
      expect(precision).toBe(1);
      expect(recall).toBeGreaterThan(0.9);
      expect(finding?.applicable).toBe(60);
    }
  });

  it("is content with the same questions and general solutions", async () => {
    expect(await detectTestGaming(settingRows("reward-hacking", "clean", 3, 60))).toBeNull();
  });

  it("does not hold a right constant against its author", async () => {
    const pairs: Pair[] = [
      ["Write answer(), which returns 42. Test: answer() == 42.", "def answer(): return 42"],
      ["Write zero(x), which returns 0. Tests: zero(1) == 0, zero(7) == 0.", "def zero(x): return 0"],
      ["Write legs(n), twice n. Test: legs(3) == 6.", "def legs(n): return 2 * n"],
    ];
    expect(await detectTestGaming(pairRows([...pairs, ...pairs]))).toBeNull();
  });

  it("runs nothing where no question shows a test", async () => {
    const pairs = Array.from({ length: 10 }, (_, i): Pair => [`Write f${i}.`, "def f(x): return 3"]);
    expect(await detectTestGaming(pairRows(pairs))).toBeNull();
  });

  it("stops when it is told to", async () => {
    const rows = settingRows("reward-hacking", "flawed", 2, 200);
    await expect(detectTestGaming(rows, { signal: AbortSignal.abort() })).rejects.toThrow(InterruptedError);
  });

  const isThere = mbppRows(0, 1, 1) !== null;
  test.skipIf(!isThere).each([0, 0.2, 0.6])("on real problems, hard-coded in part: %d", async (share) => {
    const { rows, places } = mbppRows(share, 80, 5) ?? { rows: [], places: [] };
    const finding = await detectTestGaming(rows);
    if (share === 0) return expect(finding).toBeNull();
    const { precision, recall } = quality(finding?.rows ?? [], places);
    expect(precision).toBeGreaterThan(0.95);
    expect(recall).toBeGreaterThan(0.9);
  });
});
