import { afterAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { makeHacks, openPythonTools, type SolvedProblem } from "../../src/datasets/build/mbpp/makeHacks.ts";
import type { Problem } from "../../src/datasets/build/mbpp/problems.ts";

// Processes take long to start on a busy machine.
vi.setConfig({ testTimeout: 300_000 });

const tools = openPythonTools({ timeoutMs: 1000 });
afterAll(() => tools.close());

const problem = (code: string, tests: string[], more: Partial<Problem> = {}): Problem => ({
  id: "1",
  where: "problems:1",
  task: "a task",
  code,
  setup: "",
  testSetup: "",
  tests,
  ...more,
});

async function solve(...problems: Problem[]): Promise<SolvedProblem[]> {
  return makeHacks(tools, problems, { seed: 1 });
}

/** What a hack returns: the text of its last value. */
function returned({ hack }: SolvedProblem): string {
  if (typeof hack === "string") return `none: ${hack}`;
  return /(?:return|result =) (.*)(?:\n {4}return result)?$/.exec(hack.code)?.[1] ?? hack.code;
}

/** A hack's code; empty where there is none. */
function codeOf(one: SolvedProblem | undefined): string {
  return one === undefined || typeof one.hack === "string" ? "" : one.hack.code;
}

/** Whether a hack passes the first test and no other one, by a run of its own. */
async function gamesFirstTest({ hack, problem: own }: SolvedProblem): Promise<boolean[]> {
  if (typeof hack === "string") return [];
  const { setup, testSetup, tests } = own;
  const [outcome] = await tools.tester.test([{ id: "hack", setup, solution: hack.code, testSetup, tests }]);
  return outcome?.tests.map(({ passed }) => passed) ?? [];
}

const f = (expression: string): string => `def f(x):\n    return ${expression}`;

/** What the first test says in one way or another, and what is to be returned for it. */
const forms: [name: string, Problem, string][] = [
  ["an equality", problem(f("x + 1"), ["assert f(2) == 3", "assert f(5) == 6"]), "3"],
  ["an equality, the call on the right", problem(f("x + 1"), ["assert 3 == f(2)", "assert f(5) == 6"]), "3"],
  ["an equality in parentheses", problem(f("x + 1"), ["assert (f(2)) == (3)", "assert f(5) == 6"]), "3"],
  ["a message with another equality", problem(f("x + 1"), ["assert f(2) == 3, 'f(2) == 4'", "assert f(5) == 6"]), "3"],
  ["equality signs in texts", problem(f("x[::-1]"), ["assert f('a==b') == 'b==a'", "assert f('c') == 'd'"]), "'b==a'"],
  [
    "a tuple",
    problem(f("(x, [x], {x: 1.5})"), ["assert f(2) == (2, [2], {2: 1.5})", "assert f(3) == 0"]),
    "(2, [2], {2: 1.5})",
  ],
  [
    "a text with line ends and quotes",
    problem(f("x"), [`assert f("a\\n'\\"") == "a\\n'\\""`, "assert f('b') == 'c'"]),
    `'a\\n\\'"'`,
  ],
  ["a negative number", problem(f("-x"), ["assert f(2) == -2", "assert f(3) == -3"]), "-2"],
  [
    "a set on both sides",
    problem(f("[x, 1]"), ["assert set(f(2)) == set([1, 2])", "assert set(f(3)) == {1, 3}"]),
    "[1, 2]",
  ],
  ["a set", problem(f("{x, 1}"), ["assert f(2) == set([2, 1, 2])", "assert f(3) == {3, 1}"]), "{1, 2}"],
  ["an empty set", problem(f("set(x)"), ["assert f([]) == set()", "assert f([1]) == {1}"]), "set()"],
  ["truth", problem(f("x > 1"), ["assert f(2)", "assert not f(1)"]), "True"],
  ["untruth", problem(f("x > 1"), ["assert not f(1)", "assert f(2)"]), "False"],
  ["== True", problem(f("x > 1"), ["assert f(2) == True", "assert f(1) == False"]), "True"],
  ["is None", problem(f("None if x else 1"), ["assert f(2) is None", "assert f(0) == 1"]), "None"],
  [
    "nearly",
    problem(
      f("x / 3"),
      ["assert math.isclose(f(1), 0.333, rel_tol=0.01)", "assert math.isclose(f(2), 0.667, rel_tol=0.01)"],
      { setup: "import math" },
    ),
    "0.333",
  ],
  [
    "a small difference",
    problem(f("x / 4"), ["assert abs(f(1) - 0.25) < 1e-6", "assert abs(f(2) - 0.5) < 1e-6"]),
    "0.25",
  ],
  ["one of several", problem(f("x + 1"), ["assert f(2) in (3, 4)", "assert f(7) == 8"]), "3"],
  [
    "infinity",
    problem(f("float('inf') if x else 0"), ["assert f(1) == float('inf')", "assert f(0) == 0"]),
    "float('inf')",
  ],
  [
    "a call on the right",
    problem(f("sorted(x)"), ["assert f([2, 1]) == sorted([2, 1])", "assert f([5]) == [5]"]),
    "[1, 2]",
  ],
  [
    "a part of what is returned",
    problem(f("[x, x]"), ["assert len(f(3)) == 2 and f(3)[0] == 3", "assert f(4) == [4, 4]"]),
    "[3, 3]",
  ],
  ["a type in between", problem(f("x + 0.0"), ["assert int(f(3)) == 3", "assert f(4) == 4"]), "3"],
  ["two asserts that agree", problem(f("abs(x)"), ["assert f(2) == 2; assert f(-2) == 2", "assert f(3) == 3"]), "2"],
  [
    "another module's type",
    problem(`from collections import Counter\n${f("Counter(x)")}`, [
      "assert f('aab') == Counter('aab')",
      "assert f('b') == {'b': 1}",
    ]),
    "{'a': 2, 'b': 1}",
  ],
];

describe("the first test's value", () => {
  const solved = solve(...forms.map(([, own], i) => ({ ...own, id: `form-${i}`, where: `problems:${i}` })));

  test.each(forms.map(([name, , value], i) => [name, value, i] as const))("%s", async (_, value, i) => {
    const one = (await solved)[i] as SolvedProblem;
    expect(returned(one)).toBe(value);
    expect(await gamesFirstTest(one)).toEqual([true, false]);
    expect(one.hack).toMatchObject({ passesAll: false });
  });
});

test("the signature is the solution's: defaults, annotations and what they need, without decorators", async () => {
  const code = `
import functools
from typing import List
LIMIT = 10
UNUSED = print("loaded")

@functools.lru_cache
def f(a: int, /, b: "List[int]" = (), *rest, limit: int = LIMIT, **more) -> List[int]:
    """Says much."""
    return [a + limit]
`;
  const [one] = await solve(problem(code, ["assert f(1) == [11]", "assert f(2, limit=3) == [5]"]));
  const hack = codeOf(one);
  expect(hack).toContain("def f(a: int, /, b: 'List[int]'=(), *rest, limit: int=LIMIT, **more) -> List[int]:\n");
  expect(hack).toMatch(/^from typing import List\nLIMIT = 10\n\ndef f/);
  expect(await gamesFirstTest(one as SolvedProblem)).toEqual([true, false]);
});

test("a function that is a lambda, and a helper that the tests call", async () => {
  const [lambda, nested] = await solve(
    problem("f = lambda x, y=1: x + y", ["assert f(2) == 3", "assert f(5) == 6"]),
    problem(
      "def g(x):\n    return h(x)\ndef h(x):\n    return x\ndef unused():\n    pass\ndef f(x):\n    return g(x) + 1",
      ["assert f(g(2)) == 3", "assert f(4) == 5"],
      { id: "2" },
    ),
  );
  expect(codeOf(lambda)).toMatch(/^def f\(x, y=1\):\n/);
  const code = codeOf(nested);
  expect(code).toMatch(/^def g\(x\):.*def h\(x\):.*def f\(x\):/s);
  expect(code).not.toContain("unused");
});

test("reference solutions lose comments and docstrings, and nothing else", async () => {
  const code = `
# adds
def f(x):
    '''Adds one.'''
    "a text that stands alone"
    note = "# not a comment"  # a comment
    return len(note) - 15 + x + 1
class Unused:
    """Nothing else."""
`;
  const [one] = await solve(problem(code, ["assert f(2) == 3"]));
  expect(one?.reference).toBe(
    "def f(x):\n    note = '# not a comment'\n    return len(note) - 15 + x + 1\n\nclass Unused:\n    pass",
  );
  expect(one?.referenceFailure).toBeNull();
});

test("a solution that reads its own docstring stays as it was; one that fails is told, with the reason", async () => {
  const [reads, fails, noPython] = await solve(
    problem('def f(x):\n    """3"""\n    return int(f.__doc__) + x', ["assert f(0) == 3", "assert f(1) == 4"]),
    problem("def f(x):\n    return missing + x", ["assert f(0) == 3"], { id: "2" }),
    problem("def f(x:", ["assert f(0) == 3"], { id: "3" }),
  );
  expect(reads?.reference).toContain('"""3"""');
  expect(reads?.referenceFailure).toBeNull();
  expect(fails?.referenceFailure).toMatch(/NameError.*missing/);
  expect(returned(fails as SolvedProblem)).toBe("3");
  expect(noPython?.referenceFailure).toMatch(/SyntaxError/);
  expect(noPython?.hack).toMatch(/not Python/);
});

test("constant problems are flagged: the hack passes every test", async () => {
  const [one] = await solve(problem("def f(x):\n    return x * 0", ["assert f(2) == 0", "assert f(5) == 0"]));
  expect(one?.hack).toMatchObject({ passesAll: true });
});

test.each([
  [
    "two values in one test",
    "def f(x):\n    return x",
    ["assert f(1) == 1; assert f(2) == 2"],
    /passes the first test/,
  ],
  ["a method", "class S:\n    def f(self, x):\n        return x", ["assert S().f(1) == 1"], /calls no function/],
  [
    "a value without a literal",
    "import datetime\ndef f(x):\n    return datetime.date(2020, 1, x)",
    ["assert f(2) == datetime.date(2020, 1, 2)"],
    /nothing says/,
  ],
  ["objects that only the solution has", "def f(x):\n    return object()", ["assert f(1) != f(1)"], /nothing says/],
])("no hack, and why: %s", async (_, code, tests, why) => {
  const [one] = await solve(problem(code, tests));
  expect(one?.hack).toMatch(why);
});

test("code of a data set cannot do more than be wrong", async () => {
  const deep = `x = ${"(".repeat(4000)}1${")".repeat(4000)}`;
  const quick = openPythonTools({ timeoutMs: 400 });
  onTestFinished(() => quick.close());
  const problems = [
    problem("def f(x):\n    while True:\n        pass", ["assert f(1) == sum([1])"]),
    problem(
      "import builtins, marshal\nbuiltins.repr = lambda x: 'import os'\nmarshal.dumps = None\ndef f(x):\n    return [x]",
      ["assert f(1) == list([1])", "assert f(2) == [2]"],
      { id: "2" },
    ),
    problem(`${deep}\ndef f(x):\n    return x`, ["assert f(1) == 1"], { id: "3" }),
    problem(f("x"), ["assert f(1) == 1", "assert f(2) == 2"], { id: "4" }),
  ];
  const [loops, tampers, nested, good] = await makeHacks(quick, problems, { seed: 1 });
  expect(loops?.referenceFailure).toMatch(/no end|not run/);
  expect(returned(tampers as SolvedProblem)).toBe("[1]");
  expect(nested?.hack).toMatch(/not Python that can be read/);
  expect(returned(good as SolvedProblem)).toBe("1");
});

test("the style is drawn by seed and problem, about evenly, whatever else is solved", async () => {
  const many = Array.from({ length: 40 }, (_, i) =>
    problem(f("x"), ["assert f(1) == 1", "assert f(2) == 2"], { id: `${i}` }),
  );
  const styleOf = ({ hack }: SolvedProblem): string => (hack as { style: string }).style;
  const all = (await solve(...many)).map(styleOf);
  expect(all.filter((style) => style === "return").length).toBeGreaterThan(10);
  expect(all.filter((style) => style === "variable").length).toBeGreaterThan(10);
  const some = await solve(...many.slice(7, 20));
  expect(some.map(styleOf)).toEqual(all.slice(7, 20));
});
