import { afterAll, expect, test } from "vitest";
import { createPythonTester, type PythonTester } from "../../src/grading/pythonTests.ts";

const one = createPythonTester({ workers: 1 });
const other = createPythonTester({ workers: 1 });
afterAll(() => Promise.all([one.close(), other.close()]));

/** What a program says when it ends, which is the only text that comes out. */
async function tell(tester: PythonTester, expression: string): Promise<string | undefined> {
  const solution = `import builtins, collections, gc, math, os, random, sys, time\nraise SystemExit(${expression})`;
  const [outcome] = await tester.test([{ id: "a", solution, tests: ["assert True"] }]);
  return outcome?.tests[0]?.error;
}

/** Pairs of what one program leaves behind and what shows it to the next one. */
const traces: [string, string, string][] = [
  ["a builtin", "builtins.len = lambda x: 7", "len([1])"],
  ["a new builtin", "builtins.mark = 1", "hasattr(builtins, 'mark')"],
  ["a module's function", "math.sqrt = abs", "math.sqrt(4.0)"],
  [
    "a class of the standard library",
    "collections.Counter.__eq__ = lambda a, b: True",
    "collections.Counter('a') == collections.Counter('b')",
  ],
  ["a module", "sys.modules['math'] = None", "sys.modules['math'] is None"],
  ["a new module", "sys.modules['mark'] = sys", "'mark' in sys.modules"],
  ["a global name", "mark = 1", "'mark' in globals()"],
  ["a name in main", "sys.modules['__main__'].mark = 1", "hasattr(sys.modules['__main__'], 'mark')"],
  ["the environment", "os.environ['MARK'] = '1'", "sorted(os.environ)"],
  ["the search path", "sys.path.append('mark')", "sys.path"],
  ["the recursion limit", "sys.setrecursionlimit(77)", "sys.getrecursionlimit()"],
  ["a trace function", "sys.settrace(lambda *a: None)", "sys.gettrace()"],
  ["an import hook", "sys.meta_path.insert(0, 1)", "len(sys.meta_path)"],
  ["garbage collection", "gc.disable()", "gc.isenabled()"],
  ["a seed", "random.seed(1)", "random.random()"],
  ["entropy", "os.urandom(100)", "os.urandom(4)"],
  ["an output stream", "sys.stdout = None", "sys.stdout is None"],
  [
    "a default argument",
    "def f(x=[]): return x\nf().append(1)\nos.path.join.__defaults__ = (1,)",
    "os.path.join.__defaults__",
  ],
  ["a small number", "import gc", "[i + 1 for i in range(4)]"],
  ["an open file", "import builtins as b\nb.file = open('/lib/python314.zip')", "open('/lib/python314.zip').fileno()"],
  ["much memory", "keep = [bytearray(b'mark' * 1000) for _ in range(5000)]", "id(object())"],
  ["a broken end", "import ast\ncompile('(' * 10 ** 5, '', 'exec')", "len(gc.get_objects())"],
  ["an exit", "os._exit(0)", "1"],
];

test.each(traces)("%s that one program changes is unchanged for the next", async (_name, change, look) => {
  const before = await tell(one, look);
  expect(before).toMatch(/^SystemExit: /);
  const solution = `import builtins, collections, gc, math, os, random, sys\n${change}`;
  const [changed] = await one.test([{ id: "a", solution, tests: ["assert 1 == 1"] }]);
  expect(changed?.tests[0]?.failure).not.toBe("crash");
  expect(await tell(one, `[${look}, 0][0]`)).toBe(before);
});

test("a program draws the same numbers in every process, whatever ran before", async () => {
  const look = "[random.random(), hash('a'), {'a', 'b', 'c'}, os.urandom(4), id(object()), time.tzname]";
  const told = await tell(one, look);
  expect(await tell(other, look)).toBe(told);
  await one.test([{ id: "a", solution: "import random\nx = random.random()", tests: ["assert x > 2"] }]);
  expect(await tell(one, `[${look}][0]`)).toBe(told);
});
