import { describe, expect, test } from "vitest";
import { foldAdditions } from "../../src/engine/executors/foldAdditions.ts";
import { Graph, type Value } from "../../src/engine/graph/graph.ts";
import { sizeOf } from "../../src/engine/graph/operators.ts";
import { type Random, random } from "../../src/util/random.ts";
import { expectAgreement } from "./agreement.ts";
import { normals } from "./numerics.ts";

/** Builds on x [3, 4], w [5, 4], a further product q [3, 5] and whatever inputs it declares itself. */
type Build = (graph: Graph, p: Value, q: Value) => Record<string, Value>;

const base = (graph: Graph, shape: number[]): Value => graph.input(`base ${shape}`, shape);

const cases: [name: string, foldedAdditions: number, build: Build][] = [
  ["a bias", 1, (graph, p) => ({ y: graph.add(p, base(graph, [5])) })],
  ["a bias on the left", 1, (graph, p) => ({ y: graph.add(base(graph, [1, 5]), p) })],
  ["a column", 1, (graph, p) => ({ y: graph.add(p, base(graph, [3, 1])) })],
  ["a scalar", 1, (graph, p) => ({ y: graph.add(p, base(graph, [])) })],
  ["a residual", 1, (graph, p) => ({ y: graph.add(base(graph, [3, 5]), p) })],
  ["a sum of two products", 1, (graph, p, q) => ({ y: graph.add(p, q) })],
  ["sums of sums", 2, (graph, p, q) => ({ y: graph.add(graph.add(base(graph, [5]), p), q) })],
  ["a base that comes after the product", 1, (graph, p, q) => ({ y: graph.add(p, graph.sigmoid(q)) })],
  ["a product added to itself", 0, (graph, p) => ({ y: graph.add(p, p) })],
  ["a product used twice", 0, (graph, p) => ({ y: graph.add(p, base(graph, [5])), z: graph.sigmoid(p) })],
  ["a base made from the product", 0, (graph, p) => ({ y: graph.add(graph.scale(p, 2), p) })],
  ["a product that is an output", 0, (graph, p) => ({ y: graph.add(p, base(graph, [5])), p })],
  ["a sum larger than the product", 0, (graph, p) => ({ y: graph.add(p, base(graph, [2, 3, 5])) })],
];

describe("folding additions into products keeps the result of", () => {
  test.each(cases)("%s", async (name, foldedAdditions, build) => {
    const graph = new Graph();
    const x = graph.input("x", [3, 4]);
    const p = graph.matmul(x, graph.input("w", [5, 4]), { transposeB: true, alpha: 0.5 });
    const q = graph.matmul(graph.input("v", [2, 3]), graph.input("u", [2, 5]), { transposeA: true });
    for (const [output, value] of Object.entries(build(graph, p, q))) graph.output(output, value);
    expect(foldAdditions(graph).folded.size).toBe(foldedAdditions);
    await expectAgreement(graph, inputsOf(graph, random(name)));
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("random programs of products and sums, seed %i", async (seed) => {
    const stream = random("fold", seed);
    const graph = randomProgram(stream);
    await expectAgreement(graph, inputsOf(graph, stream));
  });
});

/** Square products and sums of earlier values, of which a random third are outputs. */
function randomProgram(stream: Random): Graph {
  const graph = new Graph();
  const values = ["a", "b", "c"].map((name) => graph.input(name, [3, 3]));
  for (let i = 0; i < 16; i++) {
    const [left, right] = [stream.pick(values.slice(-5)), stream.pick(values)];
    const product = () => graph.matmul(left, right, { transposeA: stream.chance(0.5), alpha: 0.3 });
    const value = stream.chance(0.5) ? graph.add(left, right) : product();
    values.push(value);
    if (stream.chance(0.3)) graph.output(`output${i}`, value);
  }
  graph.output("last", values.at(-1) as Value);
  return graph;
}

function inputsOf(graph: Graph, stream: Random): Record<string, Float64Array> {
  return Object.fromEntries([...graph.inputs].map(([name, { shape }]) => [name, normals(stream, sizeOf(shape))]));
}
