import type { Graph, Value } from "../../src/engine/graph/graph.ts";
import type { OperatorName } from "../../src/engine/graph/operators.ts";
import type { Random } from "../../src/util/random.ts";

/** One operator on operands of given shapes: enough to run it, to differentiate it, and to compare executors on it. */
export interface OperatorCase {
  name: string;
  operator: OperatorName;
  /** Shapes of the float operands. */
  floats: number[][];
  /** Int operands: a shape, and what every number is below; or the numbers themselves. */
  ints?: { shape: number[]; below?: number; numbers?: number[] }[];
  /** The first so many float operands have a derivative. @default all */
  differentiable?: number;
  /** All outputs of the operator; the first is differentiated. */
  build(graph: Graph, floats: Value[], ints: Value[]): Value[];
  /** Standard deviation of the float operands' numbers. @default 1 */
  deviation?: number;
}

type Operands = [Value, Value, Value];

const binary = (graph: Graph, operator: "add" | "subtract" | "multiply", values: Value[]): Value[] =>
  graph.apply(operator, values, {});

/** Every operator, in its different forms, with sizes drawn at random. */
export function operatorCases(random: Random): OperatorCase[] {
  const size = (): number => random.integer(2, 4);
  const [a, b, c, d] = [size(), size(), size(), size()] as [number, number, number, number];
  return [
    ...broadcastCases(a, b, c),
    ...matmulCases(a, b, c, d),
    ...layoutCases(a, b, c),
    ...rowCases(a, b, c, d),
    ...normalizingCases(a, b, c),
    ...attentionCases(a, b, c),
  ];
}

function broadcastCases(a: number, b: number, c: number): OperatorCase[] {
  const pairs: [string, number[], number[]][] = [
    ["equal shapes", [a, b], [a, b]],
    ["a row", [a, b], [b]],
    ["a column", [a, b], [a, 1]],
    ["a scalar", [], [a, b]],
    ["both ways", [a, 1, c], [b, 1]],
    ["a size of 1 kept", [1, b], [a, 1]],
  ];
  return (["add", "subtract", "multiply"] as const).flatMap((operator) =>
    pairs.map(([name, left, right]) => ({
      name,
      operator,
      floats: [left, right],
      build: (graph: Graph, values: Value[]) => binary(graph, operator, values),
    })),
  );
}

function matmulCases(a: number, b: number, c: number, d: number): OperatorCase[] {
  const batches: [string, number[], number[]][] = [
    ["two axes", [], []],
    ["equal batches", [d], [d]],
    ["a broadcast left", [1, a], [d, 1]],
    ["a shared right", [a, d], []],
    ["a shared left", [], [d]],
    ["grouped heads", [2, d, 3], [2, d, 1]],
  ];
  const turns = [0, 1, 2, 3].map((bits) => ({ transposeA: (bits & 1) === 1, transposeB: (bits & 2) === 2 }));
  return batches.flatMap(([name, left, right]) =>
    turns.map(({ transposeA, transposeB }) => ({
      name: `${name}${transposeA ? ", left transposed" : ""}${transposeB ? ", right transposed" : ""}`,
      operator: "matmul" as const,
      floats: [
        [...left, ...(transposeA ? [b, a] : [a, b])],
        [...right, ...(transposeB ? [c, b] : [b, c])],
      ],
      build: (graph: Graph, [x, y]: Value[]) => [
        graph.matmul(x as Value, y as Value, { transposeA, transposeB, alpha: 0.7 }),
      ],
    })),
  );
}

function layoutCases(a: number, b: number, c: number): OperatorCase[] {
  const one = (name: string, operator: OperatorName, build: (graph: Graph, x: Value) => Value): OperatorCase => ({
    name,
    operator,
    floats: [[a, b, c]],
    build: (graph, [x]) => [build(graph, x as Value)],
  });
  return [
    one("by a negative factor", "scale", (graph, x) => graph.scale(x, -1.7)),
    one("to other axes", "reshape", (graph, x) => graph.reshape(x, [b, 1, a * c])),
    one("of all axes", "transpose", (graph, x) => graph.transpose(x, [2, 0, 1])),
    one("of the last axes", "transpose", (graph, x) => graph.transpose(x, [0, 2, 1])),
    one("over the first axis", "sum", (graph, x) => graph.sum(x, [0], false)),
    one("over outer axes, kept", "sum", (graph, x) => graph.sum(x, [0, 2], true)),
    one("over all axes", "sum", (graph, x) => graph.sum(x, [0, 1, 2], false)),
    one("from the start", "slice", (graph, x) => graph.slice(x, 1, 0, 1)),
    one("to the end", "slice", (graph, x) => graph.slice(x, 2, 1, c)),
    one("of everything", "slice", (graph, x) => graph.slice(x, 0, 0, a)),
    ...[0, 1, 2].map(
      (axis): OperatorCase => ({
        name: `along axis ${axis}`,
        operator: "concat",
        floats: [[a, b, c], [a, b, c].with(axis, 1), [a, b, c].with(axis, 4)],
        build: (graph, values) => [graph.concat(values, axis)],
      }),
    ),
  ];
}

function rowCases(a: number, b: number, c: number, d: number): OperatorCase[] {
  const repeated = Array.from({ length: a + d }, (_, i) => (i % 3 === 0 ? 0 : i % a));
  return [
    {
      name: "with repeated rows",
      operator: "gatherRows",
      floats: [[a, b]],
      ints: [{ shape: [a + d], numbers: repeated }],
      build: (graph, [table], [index]) => [graph.gatherRows(table as Value, index as Value)],
    },
    {
      name: "with repeated and empty rows",
      operator: "scatterAddRows",
      floats: [[a + d, b]],
      ints: [{ shape: [a + d], numbers: repeated }],
      build: (graph, [values], [index]) => [graph.scatterAddRows(values as Value, index as Value, a + 2)],
    },
    ...[false, true].map(
      (inverse): OperatorCase => ({
        name: inverse ? "turning back" : "over several heads",
        operator: "rope",
        floats: [
          [a, 2 * b * c],
          [d, b],
          [d, b],
        ],
        ints: [{ shape: [a], below: d }],
        differentiable: 1,
        build: (graph, values, [positions]) => {
          const [x, cos, sin] = values as Operands;
          return [graph.rope(x, positions as Value, cos, sin, inverse)];
        },
      }),
    ),
  ];
}

function normalizingCases(a: number, b: number, c: number): OperatorCase[] {
  return [
    {
      name: "of several rows",
      operator: "rmsNorm",
      floats: [[a, b], [b]],
      build: (graph, values) => graph.apply("rmsNorm", values, { epsilon: 1e-5 }),
    },
    {
      name: "near zero, where epsilon counts",
      operator: "rmsNorm",
      floats: [[a, b], [b]],
      deviation: 0.01,
      build: (graph, values) => graph.apply("rmsNorm", values, { epsilon: 1e-4 }),
    },
    {
      name: "of any number",
      operator: "sigmoid",
      floats: [[a, b]],
      deviation: 3,
      build: (graph, [x]) => [graph.sigmoid(x as Value)],
    },
    {
      name: "of any number",
      operator: "tanh",
      floats: [[a, b]],
      deviation: 2,
      build: (graph, [x]) => [graph.tanh(x as Value)],
    },
    {
      name: "over the last of three axes",
      operator: "softmax",
      floats: [[a, b, c]],
      build: (graph, [x]) => [graph.softmax(x as Value)],
    },
    {
      name: "with large logits",
      operator: "tokenLogProb",
      floats: [[a, b]],
      ints: [{ shape: [a], below: b }],
      deviation: 4,
      build: (graph, [logits], [targets]) => graph.apply("tokenLogProb", [logits as Value, targets as Value], {}),
    },
    {
      name: "of several rows",
      operator: "oneHotMinus",
      floats: [[a, b]],
      ints: [{ shape: [a], below: b }],
      build: (graph, [x], [targets]) => graph.apply("oneHotMinus", [x as Value, targets as Value], {}),
    },
  ];
}

function attentionCases(a: number, b: number, c: number): OperatorCase[] {
  const segments = (seq: number): number[] =>
    Array.from({ length: a * seq }, (_, flat) => (flat % seq < 2 ? 0 : flat % seq === seq - 1 ? -1 : 1));
  return [
    {
      name: "of packed rows with padding",
      operator: "causalSegmentMask",
      floats: [],
      ints: [{ shape: [a, b + c], numbers: segments(b + c) }],
      build: (graph, _, [index]) => [graph.causalSegmentMask(index as Value)],
    },
    ...[1, 2, b + c].map(
      (window): OperatorCase => ({
        name: `of packed rows with a window of ${window}`,
        operator: "causalSegmentMask",
        floats: [],
        ints: [{ shape: [a, b + c], numbers: segments(b + c) }],
        build: (graph, _, [index]) => [graph.causalSegmentMask(index as Value, { window })],
      }),
    ),
    {
      name: "with masked entries",
      operator: "softmax",
      floats: [[a, b, b + c, b + c]],
      ints: [{ shape: [a, b + c], numbers: segments(b + c) }],
      build: (graph, [scores], [index]) => [
        graph.softmax(graph.add(scores as Value, graph.causalSegmentMask(index as Value))),
      ],
    },
  ];
}
