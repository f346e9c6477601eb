import { describe, expect, test } from "vitest";
import { Graph, type Value } from "../../src/engine/graph/graph.ts";
import { GraphError } from "../../src/util/errors.ts";

const float = (graph: Graph, ...shape: number[]): Value => graph.input(`float ${graph.inputs.size}`, shape);
const int = (graph: Graph, ...shape: number[]): Value => graph.input(`int ${graph.inputs.size}`, shape, "int");

const misfits: [message: string, build: (graph: Graph) => Value][] = [
  ["add(float[2,3], float[4]): shapes [2,3] and [4] do not broadcast", (g) => g.add(float(g, 2, 3), float(g, 4))],
  ["multiply(float[2], int[2]): expected floats", (g) => g.multiply(float(g, 2), int(g, 2))],
  ["matmul(float[2,3], float[2,3]): inner sizes differ: 3 and 2", (g) => g.matmul(float(g, 2, 3), float(g, 2, 3))],
  ["matmul(float[3], float[3,2]): operands need at least two axes", (g) => g.matmul(float(g, 3), float(g, 3, 2))],
  [
    "matmul(float[2,1,3], float[4,3,1]): shapes [2] and [4] do not broadcast",
    (g) => g.matmul(float(g, 2, 1, 3), float(g, 4, 3, 1)),
  ],
  ["reshape(float[2,3]): cannot turn [2,3] into [4]", (g) => g.reshape(float(g, 2, 3), [4])],
  ["transpose(float[2,3]): [0,0] is no permutation", (g) => g.transpose(float(g, 2, 3), [0, 0])],
  ["sum(float[2,3]): [2] are no axes of [2,3]", (g) => g.sum(float(g, 2, 3), [2], false)],
  ["sum(float[2,3]): [] are no axes of [2,3]", (g) => g.sum(float(g, 2, 3), [], false)],
  ["concat(float[2,3], float[2,4]): shapes differ off axis 0", (g) => g.concat([float(g, 2, 3), float(g, 2, 4)], 0)],
  ["concat(float[2,3], float[2]): shapes differ off axis 1", (g) => g.concat([float(g, 2, 3), float(g, 2)], 1)],
  ["slice(float[2,3]): [1, 4) is outside axis 1 of [2,3]", (g) => g.slice(float(g, 2, 3), 1, 1, 4)],
  ["slice(float[2,3]): [1, 1) is outside axis 1 of [2,3]", (g) => g.slice(float(g, 2, 3), 1, 1, 1)],
  [
    "gatherRows(float[2,3], float[2]): expected a table [rows, d] and an int index [n]",
    (g) => g.gatherRows(float(g, 2, 3), float(g, 2)),
  ],
  [
    "scatterAddRows(float[2,3], int[3]): expected values [n, d] and an int index [n]",
    (g) => g.scatterAddRows(float(g, 2, 3), int(g, 3), 4),
  ],
  [
    "rmsNorm(float[2,3], float[2]): expected x [n, d] and a weight [d]",
    (g) => g.rmsNorm(float(g, 2, 3), float(g, 2), 1e-5),
  ],
  [
    "rope(float[2,6], int[2], float[9,2], float[9,2]): x must hold whole heads of the tables' width",
    (g) => g.rope(float(g, 2, 6), int(g, 2), float(g, 9, 2), float(g, 9, 2)),
  ],
  ["tokenLogProb(float[2,6], int[3]): expected one target per row", (g) => g.tokenLogProb(float(g, 2, 6), int(g, 3))],
  ["causalSegmentMask(float[2,6]): expected int segments [batch, seq]", (g) => g.causalSegmentMask(float(g, 2, 6))],
  [
    "causalSegmentMask(int[2,6]): a window of 0 tokens sees nothing",
    (g) => g.causalSegmentMask(int(g, 2, 6), { window: 0 }),
  ],
];

describe("a graph refuses operands that don't fit, naming operator and shapes:", () => {
  test.each(misfits)("%s", (message, build) => {
    expect(() => build(new Graph())).toThrow(new GraphError(message));
  });
});

test("names of inputs and outputs are declared once", () => {
  const graph = new Graph();
  const x = graph.input("x", [1]);
  graph.output("x", x);
  expect(() => graph.input("x", [1])).toThrow(new GraphError('input "x" is declared twice'));
  expect(() => graph.output("x", x)).toThrow(new GraphError('output "x" is declared twice'));
});

test("a constant has as many numbers as its shape", () => {
  const constant = () => new Graph().constant(new Float32Array(3), [2, 2]);
  expect(constant).toThrow(new GraphError("constant: 3 numbers for shape [2,2]"));
});
