import { afterAll, describe, expect, test } from "vitest";
import { createPythonTester, type TestedSolution } from "../../src/grading/pythonTests.ts";

const tester = createPythonTester({ workers: 2 });
afterAll(() => tester.close());

type Parts = Partial<TestedSolution> & Pick<TestedSolution, "solution" | "tests">;

/** What became of each test: "passed", or why not. */
async function outcomes(...solutions: Parts[]): Promise<string[][]> {
  const tested = solutions.map((solution, i) => ({ id: String(i), ...solution }));
  const graded = await tester.test(tested);
  expect(graded.map(({ id }) => id)).toEqual(tested.map(({ id }) => id));
  return graded.map(({ tests }) => tests.map(({ failure }) => failure ?? "passed"));
}

const addsOne = "def f(x):\n    return x + 1";

describe("verdicts", () => {
  test.each<[string, Parts, string[]]>([
    [
      "equality",
      { solution: addsOne, tests: ["assert f(1) == 2", "assert f(1) == 3", "assert 2 == f(1)"] },
      ["passed", "failed", "passed"],
    ],
    [
      "truth",
      { solution: addsOne, tests: ["assert f(0)", "assert not f(0)", "assert not f(-1)"] },
      ["passed", "failed", "passed"],
    ],
    [
      "identity",
      { solution: "def f(): return None", tests: ["assert f() is None", "assert f() is not None"] },
      ["passed", "failed"],
    ],
    [
      "numbers of different types",
      { solution: addsOne, tests: ["assert f(0) == 1.0", "assert f(0) == True", "assert f(2**70) == 2**70 + 1"] },
      ["passed", "passed", "passed"],
    ],
    [
      "a list is no tuple",
      { solution: "def f(): return [1, 2]", tests: ["assert f() == [1, 2]", "assert f() == (1, 2)"] },
      ["passed", "failed"],
    ],
    [
      "dictionaries and sets in any order",
      {
        solution: "def f(): return {'b': {2, 1}, 'a': 1}",
        tests: ["assert f() == {'a': 1.0, 'b': {1, 2}}", "assert f() == {'a': 1, 'b': {1}}"],
      },
      ["passed", "failed"],
    ],
    [
      "text beyond ASCII",
      { solution: "def f(): return 'käse🧀'", tests: ["assert f() == 'käse🧀'", "assert f() == 'kase'"] },
      ["passed", "failed"],
    ],
    [
      "subclasses of plain types",
      {
        solution:
          "from collections import Counter, namedtuple\nP = namedtuple('P', 'x y')\ndef f(s): return [Counter(s), P(1, 2)]",
        tests: ["assert f('aab') == [{'a': 2, 'b': 1}, (1, 2)]"],
      },
      ["passed"],
    ],
    [
      "builtins around the call",
      {
        solution: "def f(n): yield from range(n)",
        tests: ["assert list(f(3)) == [0, 1, 2]", "assert set(f(3)) == set([0, 1, 2])", "assert sum(f(3)) == 4"],
      },
      ["passed", "passed", "failed"],
    ],
    [
      "modules that the setup imports",
      {
        setup: "import math\nfrom math import isclose",
        solution: "def f(): return 0.1 + 0.2",
        tests: ["assert math.isclose(f(), 0.3)", "assert isclose(f(), 0.4)", "assert abs(f() - 0.3) < 1e-9"],
      },
      ["passed", "failed", "passed"],
    ],
    [
      "a function with a builtin's name",
      { solution: "def sum(a, b): return a * b", tests: ["assert sum(2, 3) == 6"] },
      ["passed"],
    ],
    [
      "methods",
      {
        solution:
          "class Stack:\n    def __init__(self): self.items = []\n    def push(self, x):\n        self.items.append(x)\n        return self",
        tests: ["assert Stack().push(1).push(2).items == [1, 2]"],
      },
      ["passed"],
    ],
    [
      "objects that a setup builds",
      {
        solution: "class Node:\n    def __init__(self, v): self.v = v\ndef f(n): return n.v",
        testSetup: "root = Node(5)",
        tests: ["assert f(root) == 5"],
      },
      ["passed"],
    ],
    [
      "loops, alternatives and several statements run as they are",
      {
        solution: addsOne,
        tests: [
          "assert all(f(i) == i + 1 for i in range(5))",
          "assert f(1) == 1 or f(1) == 2",
          "x = f(1)\nassert x == 3",
        ],
      },
      ["passed", "passed", "failed"],
    ],
    ["line ends of Windows", { solution: "def f(x):\r\n    return x + 1", tests: ["assert f(1) == 2"] }, ["passed"]],
    [
      "one exception does not spoil the next test",
      { solution: "def f(x): return 1 // x", tests: ["assert f(0) == 1", "assert f(1) == 1"] },
      ["error", "passed"],
    ],
    [
      "code that is none",
      { solution: "def f(x) return x", tests: ["assert f(1) == 1", "assert True"] },
      ["error", "error"],
    ],
    ["an assertion of the solution's own", { solution: "assert False", tests: ["assert True"] }, ["error"]],
    [
      "a type that equals nothing",
      { solution: "def f(): return object()", tests: ["assert f() == 1", "assert f()", "assert f() is not None"] },
      ["failed", "passed", "passed"],
    ],
    [
      "memoized recursion, 400 deep",
      {
        solution: "from functools import cache\n@cache\ndef f(n): return 0 if n == 0 else 1 + f(n - 1)",
        tests: ["assert f(400) == 400"],
      },
      ["passed"],
    ],
  ])("%s", async (_name, solution, expected) => {
    expect(await outcomes(solution)).toEqual([expected]);
  });

  test("errors are told in one line", async () => {
    const [outcome] = await tester.test([
      { id: "a", solution: "def f(x): return 1 // x", tests: ["assert f(0) == 1"] },
    ]);
    expect(outcome?.tests[0]?.error).toBe("ZeroDivisionError: division by zero");
  });

  /** Python's own verdict comes from the same comparison in two statements, which runs as it is. */
  test("values are compared as Python does", async () => {
    const values = [
      ...[
        "0",
        "1",
        "True",
        "False",
        "None",
        "...",
        "-1",
        "1.0",
        "0.5",
        "-0.0",
        "1e300",
        "2**31",
        "-2**31 - 1",
        "10**30",
        "1e30",
      ],
      ...[
        "9007199254740993",
        "9007199254740992.0",
        "1j",
        "1 + 0j",
        "''",
        "'a'",
        "'1'",
        "b'a'",
        "'\\ud800'",
        "()",
        "[]",
        "{}",
        "set()",
      ],
      ...[
        "(1,)",
        "[1]",
        "[1.0]",
        "[True]",
        "[[1], 'a']",
        "[(1,), 'a']",
        "{1: 2}",
        "{1.0: 2}",
        "{1: 3}",
        "{1}",
        "{True}",
        "{2}",
      ],
      ...[
        "frozenset({1})",
        "[{1: 2}]",
        "[{1: 2, 3: 4}]",
        "[{3: 4, 1: 2}]",
        "[1, 2, {3}]",
        "[1, 2, {4}]",
        "[2, 2, {3}]",
        "float('nan')",
      ],
    ];
    const solution = "def f(x): return x";
    const graded = await outcomes(
      ...values.flatMap((left) => [
        { solution, tests: values.map((right) => `assert f(${left}) == ${right}`) },
        { solution, tests: values.map((right) => `x = f(${left})\nassert x == ${right}`) },
      ]),
    );
    for (const [i, left] of values.entries()) {
      const wrong = values.filter((_, j) => graded[2 * i]?.[j] !== graded[2 * i + 1]?.[j]);
      expect(wrong.map((right) => `${left} == ${right}`)).toEqual([]);
    }
  });
});
