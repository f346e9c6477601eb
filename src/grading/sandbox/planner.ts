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

    builtin_names = frozenset(dir(builtins))
    unsplittable = (
        ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.Lambda,
        ast.NamedExpr, ast.IfExp, ast.Await, ast.Yield, ast.YieldFrom,
    )

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
        """Takes out the largest expressions that are rooted in a name of the solution."""

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
                isinstance(node.func, ast.Name) and node.func.id in builtin_names
                and len(node.args) == 1 and not node.keywords and self.is_owned(node.args[0])
            )

        def visit(self, node):
            if self.is_owned(node):
                self.sources.append(ast.unparse(node))
                return ast.Name("__value_%d" % (len(self.sources) - 1), ast.Load())
            is_or = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
            if is_or or isinstance(node, unsplittable):
                raise Unsplittable
            return self.generic_visit(node)

    def literal(node):
        try:
            return marshal.dumps(ast.literal_eval(node), 2).hex()
        except (ValueError, TypeError):
            return None

    def split(condition, trusted):
        splitter = Split(trusted)
        condition = splitter.visit(condition)
        is_not = isinstance(condition, ast.UnaryOp) and isinstance(condition.op, ast.Not)
        core = condition.operand if is_not else condition
        if isinstance(core, ast.Name) and splitter.sources:
            return {"kind": "truth", "source": splitter.sources[0], "expected": not is_not}
        return {"kind": "condition", "sources": splitter.sources, "condition": ast.unparse(condition)}

    def split_equality(test, condition, trusted):
        """f(3) == [1, 2], as nearly every test has it, without the cost of the general way."""
        is_equality = isinstance(condition, ast.Compare) and len(condition.ops) == 1 and isinstance(condition.ops[0], ast.Eq)
        if not (is_equality and Split(trusted).is_owned(condition.left)):
            return None
        expected = condition.comparators[0]
        equals = literal(expected)
        if equals is None:
            return None
        source, other = segment(test, condition.left), segment(test, expected)
        return {"kind": "condition", "sources": [source], "condition": "__value_0 == (%s)" % other, "equals": equals}

    def segment(test, node):
        """A node's source. Columns count bytes."""
        if len(test.splitlines()) > 1 or not test.isascii():
            return ast.unparse(node)
        return test[node.col_offset:node.end_col_offset]

    def plan(test, bound, trusted):
        try:
            tree = ast.parse(test)
            compile(tree, "<test>", "exec")
        except (SyntaxError, ValueError) as error:
            return {"kind": "invalid", "error": "%s: %s" % (type(error).__name__, error)}
        as_written = {"kind": "as-written", "source": test}
        if len(tree.body) != 1 or not isinstance(tree.body[0], ast.Assert):
            return as_written
        condition = tree.body[0].test
        equality = split_equality(test, condition, trusted)
        if equality:
            return equality
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
        if names <= trusted:
            # Then the solution has the name of a builtin, e.g. sum.
            called = {n.func.id for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
            trusted = trusted - (called - bound)
        try:
            return split_equality(test, condition, trusted) or split(condition, trusted)
        except Unsplittable:
            return as_written

    bound = names_bound(ast.parse(setup))
    return json.dumps([plan(test, bound, bound | builtin_names) for test in json.loads(tests)])
`;
