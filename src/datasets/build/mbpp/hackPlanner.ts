/** What is asked of the planner. */
export interface HackQuestion {
  /** Code that runs before the solution: imports. */
  setup: string;
  /** The reference solution. */
  code: string;
  /** Code that runs after the solution. */
  testSetup: string;
  tests: readonly string[];
}

/** What the reference solution and the tests look like, without running either. */
export interface HackPlan {
  /** The solution without comments and docstrings; absent where it is not Python. */
  reference?: string;
  /** Why there is no hack: the solution or the first test is none that one can be made from. */
  problem?: string;
  /** All of the hack before its body: definitions that the tests need, and the function's first line. */
  head?: string;
  /** What the first test may expect, the likeliest first. */
  expected?: { source: string; isLiteral: boolean }[];
  /** The first call of that function in each test; `null` where there is none. */
  calls?: (string | null)[];
}

/** Python code that defines `__read(text)`: from a JSON list of HackQuestion to one of HackPlan. */
export const hackPlannerSource = `
import ast, builtins, copy, json

BUILTINS = frozenset(dir(builtins))

def without_texts(tree):
    """Parsing drops comments; texts that stand alone, docstrings among them, go as well."""
    for node in ast.walk(tree):
        for field in ("body", "orelse", "finalbody"):
            block = getattr(node, field, None)
            if not isinstance(block, list):
                continue
            kept = [s for s in block if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str))]
            is_needed = field != "orelse" and block and not isinstance(node, ast.Module)
            setattr(node, field, kept or ([ast.Pass()] if is_needed else []))
    return tree

def bound(statement):
    if isinstance(statement, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {statement.name}
    return {n.id for n in ast.walk(statement) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}

def read_names(*nodes):
    return {n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}

def needed(statements, wanted):
    """The statements that bind wanted names, and those that these need in turn, in their order."""
    kept, wanted = set(), set(wanted)
    grows = True
    while grows:
        grows = False
        for i, statement in enumerate(statements):
            names = bound(statement)
            if i not in kept and (names & wanted or "*" in names and wanted - BUILTINS):
                kept.add(i)
                wanted |= read_names(statement)
                grows = True
    return [statements[i] for i in sorted(kept)]

def signatures(tree):
    """The functions of a module by name, each without its body."""
    found = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef):
            bare = copy.copy(statement)
            bare.body, bare.decorator_list = [ast.Pass()], []
            found[statement.name] = bare
        elif isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Lambda):
            for name in bound(statement):
                bare = ast.parse("def %s(): pass" % name).body[0]
                bare.args = statement.value.args
                found[name] = bare
        else:
            for name in bound(statement):
                found.pop(name, None)
    return found

def in_order(node):
    yield node
    for child in ast.iter_child_nodes(node):
        yield from in_order(child)

def first_call(tree, names):
    for node in in_order(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
            return node
    return None

class Expected:
    """What a condition wants the function to return, where its form says so."""

    def __init__(self, name):
        self.names = {name}

    def is_call(self, node):
        return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in self.names

    def has_call(self, node):
        return first_call(node, self.names) is not None

    def of(self, node):
        if self.is_call(node):
            return [ast.Constant(True)]
        if isinstance(node, ast.BoolOp):
            return [one for value in node.values for one in self.of(value)]
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return [ast.Constant(False)] if self.is_call(node.operand) else []
        if isinstance(node, ast.Call) and len(node.args) >= 2:
            # math.isclose(f(2), 0.5)
            return self.other_side(node.args[0], node.args[1])
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self.of_comparison(node.left, node.ops[0], node.comparators[0])
        return []

    def of_comparison(self, left, op, right):
        if isinstance(op, (ast.Eq, ast.Is)):
            return self.other_side(left, right)
        if isinstance(op, ast.In) and self.has_call(left) and isinstance(right, (ast.List, ast.Tuple, ast.Set)):
            return right.elts
        difference = left.args[0] if isinstance(left, ast.Call) and len(left.args) == 1 else None
        if isinstance(op, (ast.Lt, ast.LtE)) and isinstance(difference, ast.BinOp) and isinstance(difference.op, ast.Sub):
            # abs(f(2) - 0.5) < 0.001
            return self.other_side(difference.left, difference.right)
        return []

    def other_side(self, left, right):
        if self.has_call(right):
            left, right = right, left
        if not self.has_call(left) or self.has_call(right):
            return []
        if self.is_call(left):
            return [right]
        # set(f(2)) == set([1, 2]): both sides are made from something in the same way.
        is_same_way = (
            isinstance(left, ast.Call) and isinstance(right, ast.Call)
            and len(left.args) == len(right.args) == 1 and ast.dump(left.func) == ast.dump(right.func)
        )
        inner = self.other_side(left.args[0], right.args[0]) if is_same_way else []
        return inner + [right]

def as_candidate(node):
    try:
        ast.literal_eval(node)
        is_literal = True
    except (ValueError, TypeError, SyntaxError):
        is_literal = False
    return {"source": ast.unparse(node), "isLiteral": is_literal}

def plan_hack(tree, tests, question):
    functions = signatures(tree)
    conditions = [node.test for node in ast.walk(tests[0]) if isinstance(node, ast.Assert)]
    calls = [first_call(part, functions) for part in conditions + [tests[0]]]
    call = next((one for one in calls if one is not None), None)
    if call is None:
        return {"problem": "the first test calls no function that the solution defines"}
    name = call.func.id
    signature = functions[name]
    others = [s for s in tree.body if name not in bound(s)]
    outside = tests + [ast.parse(question["testSetup"]), signature]
    kept = needed(others, read_names(*outside) - {name})
    head = ast.unparse(signature)[: -len("\\n    pass")]
    definitions = "\\n".join(ast.unparse(s) for s in kept)
    expected = Expected(name)
    of_tests = [first_call(test, {name}) for test in tests]
    return {
        "head": (definitions + "\\n\\n" if definitions else "") + head,
        "expected": [as_candidate(node) for condition in conditions for node in expected.of(condition)],
        "calls": [None if one is None else ast.unparse(one) for one in of_tests],
    }

def plan(question):
    try:
        tree = without_texts(ast.parse(question["code"]))
        reference = ast.unparse(tree)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"problem": "the solution is not Python that can be read: %s" % error}
    try:
        tests = [ast.parse(test) for test in question["tests"]]
        return {"reference": reference, **plan_hack(tree, tests, question)}
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return {"reference": reference, "problem": "the tests are not Python that can be read: %s" % error}

def __read(text):
    return json.dumps([plan(question) for question in json.loads(text)])
`;
