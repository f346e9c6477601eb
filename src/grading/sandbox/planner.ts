/**
 * How a test is decided. The solution must have no hand in its own grade: it may patch builtins, and it may return
 * objects that claim to equal everything. So only the parts of a test that name the solution are evaluated where the
 * solution ran. Their values leave that interpreter as bytes, and the rest of the test is evaluated elsewhere.
 */
export type TestPlan =
  /** `assert f(2) == 4`: evaluate the sources, then hold the condition to the values, which it calls `__value_0` and so on. */
  | { kind: "condition"; sources: string[]; condition: string; equals?: string }
  /** `assert f(2)` or `assert not f(2)`: evaluate the source; it must be true or false as expected. */
  | { kind: "truth"; source: string; expected: boolean }
  /** Anything else runs as it is, beside the solution. */
  | { kind: "as-written"; source: string }
  /** Not Python. */
  | { kind: "invalid"; error: string };

/** Name of the variable that holds a source's value in a condition. */
export const valueName = (index: number): string => `__value_${index}`;

/**
 * Python code that defines `__plan(setup, tests)`: from code and a JSON list of tests to a JSON list of plans.
 * `equals` is the hexadecimal marshal of the literal that the only value must equal.
 */
export const plannerSource = `
def __plan(setup, tests):
    import ast, builtins, json, marshal

    def names_bound(tree):
        names = set()
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                names.update((alias.asname or alias.name).split(".")[0] for alias in node.names)
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                names.add(node.name)
            elif isinstance(node, (ast.Assign, ast.AnnAssign)):
                names.update(n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store))
        return names

    class Unsplittable(Exception):
        pass

    class Split(ast.NodeTransformer):
        """Takes the largest expressions out that are rooted in a name of the solution."""

        unsplittable = (
            ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda,
            ast.NamedExpr, ast.IfExp, ast.Await, ast.Yield, ast.YieldFrom,
        )

        def __init__(self, trusted):
            self.trusted = trusted
            self.sources = []

        def is_owned(self, node):
            if isinstance(node, ast.Name):
                return node.id not in self.trusted
            if isinstance(node, (ast.Attribute, ast.Subscript)):
                return self.is_owned(node.value)
            if isinstance(node, ast.Call):
                return self.is_owned(node.func) or self.builds_from_owned(node)
            return False

        def builds_from_owned(self, node):
            """list(f(3)): the builtin sees nothing but the solution's value, so it may as well run there."""
            return (
                isinstance(node.func, ast.Name) and hasattr(builtins, node.func.id)
                and len(node.args) == 1 and not node.keywords and self.is_owned(node.args[0])
            )

        def visit(self, node):
            if self.is_owned(node):
                self.sources.append(ast.unparse(node))
                return ast.Name("__value_%d" % (len(self.sources) - 1), ast.Load())
            is_or = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
            if is_or or isinstance(node, self.unsplittable):
                raise Unsplittable
            return self.generic_visit(node)

    def literal(node):
        return marshal.dumps(ast.literal_eval(node), 2).hex()

    def equals(node):
        if not (isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq)):
            return None
        for value, other in ((node.left, node.comparators[0]), (node.comparators[0], node.left)):
            if isinstance(value, ast.Name) and value.id == "__value_0":
                try:
                    return literal(other)
                except (ValueError, TypeError):
                    return None
        return None

    def split(condition, trusted):
        splitter = Split(trusted)
        condition = splitter.visit(condition)
        sources = splitter.sources
        is_not = isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not)
        core = condition.operand if is_not else condition
        if isinstance(core, ast.Name) and len(sources) == 1:
            return {"kind": "truth", "source": sources[0], "expected": not is_not}
        plan = {"kind": "condition", "sources": sources, "condition": ast.unparse(condition)}
        expected = equals(condition) if len(sources) == 1 else None
        return plan if expected is None else {**plan, "equals": expected}

    def plan(test, bound):
        try:
            tree = ast.parse(test)
            compile(test, "<test>", "exec")
        except (SyntaxError, ValueError) as error:
            return {"kind": "invalid", "error": "%s: %s" % (type(error).__name__, error)}
        as_written = {"kind": "as-written", "source": test}
        if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
            return as_written
        trusted = bound | set(dir(builtins))
        try:
            found = split(ast.parse(test).body[0].test, trusted)
            if found["kind"] == "truth" or found["sources"]:
                return found
            # Every name is a builtin's: the solution may have one of the same name, e.g. sum.
            called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            return split(tree.body[0].test, trusted - (called - bound))
        except Unsplittable:
            return as_written

    bound = names_bound(ast.parse(setup))
    return json.dumps([plan(test, bound) for test in json.loads(tests)])
`;
