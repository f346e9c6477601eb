/** What is asked of the reader, as JSON. */
export interface LiteralQuestion {
  setup: string;
  code: string;
  tests: readonly string[];
}

/** What code and tests look like, without running either. */
export interface LiteralReading {
  /** Set when a test is not Python; then nothing else is known. */
  invalid?: string;
  /** The first test with the arguments of its call changed, in several ways. */
  probes: string[];
  /** Whether the first test calls the code with any argument. */
  hasArguments: boolean;
  /** Whether the first test expects a literal that few functions return by chance: no truth value, no 0 or 1, not empty. */
  isTelling: boolean;
  /** Calls with different arguments in the tests. */
  calls: number;
  /**
   * Whether what the function returns depends on its arguments, by what is written. `seeming`: it does, but there is one
   * thing only that it returns. `unknown`: no such function is defined.
   */
  dependence: "none" | "seeming" | "some" | "unknown";
  /** Whether the function only compares its arguments with those of the tests, and returns literals. */
  isLookup: boolean;
}

/**
 * Python code that defines `__read(text)`: from LiteralQuestions to LiteralReadings, both as a JSON list. `null` stands
 * for what is nested too deeply to be read.
 */
export const literalReaderSource = `
import ast, builtins, copy, json

MOST_PROBES = 12
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
# Ways to reach an argument without naming it.
INDIRECT = frozenset(("globals", "locals", "vars", "eval", "exec", "sys", "inspect", "input"))

def is_literal(node):
    try:
        ast.literal_eval(node)
        return True
    except (ValueError, TypeError, SyntaxError, MemoryError):
        return False

def is_trivial(value):
    return value is None or isinstance(value, bool) or value in (0, 1, -1) or (hasattr(value, "__len__") and len(value) == 0)

def called_name(call):
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", None)

def root(node):
    while isinstance(node, (ast.Attribute, ast.Subscript, ast.Call)):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None

def names_bound(tree):
    names = set()
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
        elif isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            names.add(node.name)
        else:
            names.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
    return names

def call_in(test, own, trusted):
    """The first call of the solution in a test, outermost first."""
    calls = [node for node in ast.walk(test) if isinstance(node, ast.Call)]
    return next((c for c in calls if root(c) in own), None) or next((c for c in calls if root(c) not in trusted), None)

def changed(value):
    """Other values of a value's type."""
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value // 3, value * 11 if abs(value) < 100000 else value - 7, max(value - 1, 0), value + 10]
    if isinstance(value, float):
        return [value + 1.5, value * 2, value / 2]
    if isinstance(value, (str, bytes)):
        more = "zq" if isinstance(value, str) else b"zq"
        return [value[::-1], value[1:], more + value, value[: len(value) // 2]]
    if isinstance(value, (list, tuple)):
        each = type(value)((changed(item) or [item])[0] for item in value)
        return [each, value[1:], value[::-1], value[:1]]
    if isinstance(value, dict):
        items = list(value.items())
        return [{key: (changed(item) or [item])[0] for key, item in items}, dict(items[1:]), dict(items[:1])]
    if isinstance(value, (set, frozenset)):
        return [type(value)(list(value)[1:]), type(value)(list(value)[:1])]
    return []

class ChangeConstants(ast.NodeTransformer):
    def visit_Constant(self, node):
        others = changed(node.value)
        return ast.parse(repr(others[0]), mode="eval").body if others else node

def changes(node):
    """Other expressions for one argument."""
    if not is_literal(node):
        return [ChangeConstants().visit(copy.deepcopy(node))]
    return [ast.parse(repr(value), mode="eval").body for value in changed(ast.literal_eval(node))]

def probes_of(test, call):
    arguments = call.args + [keyword.value for keyword in call.keywords]
    ways = [changes(node) for node in arguments]
    most = max(map(len, ways), default=0)
    together = [[way[k] if k < len(way) else None for way in ways] for k in range(most)]
    alone = [[way[k] if k < len(way) and i == j else None for j, way in enumerate(ways)] for k in range(2) for i in range(len(ways))]
    original = ast.unparse(test)
    probes = []
    for new in together + alone:
        both = copy.deepcopy((test, call))
        other, changed_call = both
        for i, node in enumerate(new):
            if node is None:
                continue
            if i < len(call.args):
                changed_call.args[i] = node
            else:
                changed_call.keywords[i - len(call.args)].value = node
        source = ast.unparse(ast.fix_missing_locations(other))
        if source != original and source not in probes:
            probes.append(source)
    return probes[:MOST_PROBES]

def is_telling(test, call):
    """Whether a literal is expected that few functions return by chance."""
    if not (isinstance(test, ast.Assert) and isinstance(test.test, ast.Compare) and len(test.test.ops) == 1):
        return False
    sides = [test.test.left, test.test.comparators[0]]
    expected = [side for side in sides if is_literal(side)]
    return isinstance(test.test.ops[0], ast.Eq) and len(expected) == 1 and not is_trivial(ast.literal_eval(expected[0]))

def find_function(tree, name):
    for _ in range(5):
        found = [n for n in tree.body if isinstance(n, FUNCTIONS) and n.name == name]
        found = found or [n for n in ast.walk(tree) if isinstance(n, FUNCTIONS) and n.name == name]
        if found:
            return found[-1]
        values = [n.value for n in tree.body if isinstance(n, ast.Assign) and any(root(t) == name for t in n.targets)]
        if values and isinstance(values[-1], ast.Lambda):
            return values[-1]
        if not (values and isinstance(values[-1], ast.Name)):
            return None
        name = values[-1].id
    return None

def parameters_of(function):
    a = function.args
    every = a.posonlyargs + a.args + a.kwonlyargs + [one for one in (a.vararg, a.kwarg) if one]
    return {one.arg for one in every} - {"self", "cls"}

def body_of(function):
    return [ast.Return(function.body)] if isinstance(function, ast.Lambda) else function.body

class Flow:
    """Which names of a function hold what depends on its arguments, by what is assigned where."""

    def __init__(self, function):
        self.names = parameters_of(function) | INDIRECT
        self.depends = False
        before = -1
        while len(self.names) != before:
            before = len(self.names)
            self.block(body_of(function), False)

    def mentions(self, node):
        return node is not None and any(isinstance(n, ast.Name) and n.id in self.names for n in ast.walk(node))

    def taint(self, target):
        bound = {n.id for n in ast.walk(target) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
        self.names |= bound | {root(target)} - {None}

    def block(self, statements, within):
        for statement in statements:
            self.statement(statement, within)

    def statement(self, node, within):
        if isinstance(node, ast.Return):
            self.depends |= within or self.mentions(node.value)
            return
        if isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            if any(self.mentions(one) for one in node.body):
                self.names.add(node.name)
            return
        header = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
        tainted = within or any(self.mentions(child) for child in header)
        for child in header:
            for n in ast.walk(child):
                if isinstance(n, (ast.Yield, ast.YieldFrom)):
                    self.depends = True
                if isinstance(n, ast.NamedExpr) and (within or self.mentions(n.value)):
                    self.taint(n.target)
                # numbers.append(x)
                if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute) and (within or self.mentions(n)):
                    self.names |= {root(n.func)} - {None}
        if isinstance(node, (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor)) and tainted:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                self.taint(target)
        items = getattr(node, "items", [])
        for item in items:
            if item.optional_vars is not None and self.mentions(item.context_expr):
                self.taint(item.optional_vars)
        for field in ("body", "orelse", "finalbody"):
            self.block(getattr(node, field, []), tainted)
        for part in getattr(node, "handlers", []) + getattr(node, "cases", []):
            self.block(part.body, tainted)

def returns_one(function):
    """Whether all that is returned is written in the same way."""
    returned = [n.value for node in body_of(function) for n in ast.walk(node) if isinstance(n, ast.Return)]
    return len({ast.dump(value) if value else None for value in returned}) == 1

def compared_with(test, parameters):
    """The literals that a condition holds arguments against; None when it does anything else."""
    if isinstance(test, ast.BoolOp):
        parts = [compared_with(value, parameters) for value in test.values]
        return None if None in parts else [one for part in parts for one in part]
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.Eq)):
        return None
    sides = [test.left, test.comparators[0]]
    known = [ast.literal_eval(side) for side in sides if is_literal(side)]
    others = [side for side in sides if not is_literal(side)]
    parts = [n for side in others for n in (side.elts if isinstance(side, ast.Tuple) else [side])]
    if len(known) != 1 or not all(isinstance(n, ast.Name) and n.id in parameters for n in parts):
        return None
    return list(known[0]) if isinstance(others[0], ast.Tuple) and isinstance(known[0], tuple) else known

def lookup_literals(function):
    """The literals that a function of conditions and literals compares its arguments with; None for any other function."""
    parameters = parameters_of(function)
    literals = []
    for node in body_of(function):
        for n in ast.walk(node):
            if isinstance(n, ast.If):
                found = compared_with(n.test, parameters)
                if found is None:
                    return None
                literals += found
            elif isinstance(n, ast.Return):
                if n.value is not None and not is_literal(n.value):
                    return None
            elif isinstance(n, ast.stmt) and not isinstance(n, (ast.Expr, ast.Pass, ast.Raise)):
                return None
    return literals

def is_lookup(function, calls):
    literals = lookup_literals(function)
    if not literals or all(is_trivial(value) or isinstance(value, int) and abs(value) < 3 for value in literals):
        return False
    known = [ast.literal_eval(a) for c in calls for a in c.args + [k.value for k in c.keywords] if is_literal(a)]
    return all(value in known for value in literals)

def dependence_of(function):
    if function is None:
        return "unknown"
    if not Flow(function).depends:
        return "none"
    return "seeming" if returns_one(function) else "some"

def read(question):
    try:
        tests = [ast.parse(test) for test in question["tests"]]
    except (SyntaxError, ValueError) as error:
        return {"invalid": "%s: %s" % (type(error).__name__, error)}
    try:
        tree = ast.parse(question["code"])
        trusted = names_bound(ast.parse(question["setup"])) | set(dir(builtins))
    except (SyntaxError, ValueError):
        tree, trusted = ast.Module([], []), set(dir(builtins))
    own = names_bound(ast.Module([n for n in tree.body if not isinstance(n, (ast.Import, ast.ImportFrom))], []))
    found = [call_in(test, own, trusted) for test in tests]
    calls = [call for call in found if call is not None]
    if not tests:
        return {"probes": [], "hasArguments": False, "isTelling": False, "calls": 0, "dependence": "unknown", "isLookup": False}
    first, call = tests[0].body[0] if len(tests[0].body) == 1 else tests[0], found[0]
    function = find_function(tree, called_name(call)) if call else None
    return {
        "probes": probes_of(first, call) if call and isinstance(first, ast.Assert) else [],
        "hasArguments": bool(call and (call.args or call.keywords)),
        "isTelling": is_telling(first, call),
        "calls": len({ast.dump(ast.Tuple(c.args + [k.value for k in c.keywords])) for c in calls}),
        "dependence": dependence_of(function),
        "isLookup": function is not None and is_lookup(function, calls),
    }

def __read(text):
    readings = []
    for question in json.loads(text):
        try:
            readings.append(read(question))
        except (RecursionError, MemoryError):
            readings.append(None)
    return json.dumps(readings)
`;
