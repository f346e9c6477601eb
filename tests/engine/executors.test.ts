import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { Graph } from "../../src/engine/graph/graph.ts";
import { GraphError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { expectAgreement } from "./agreement.ts";
import { normals, prepareCase } from "./numerics.ts";
import { operatorCases } from "./operatorCases.ts";

describe.each([1, 2, 3, 4])("ONNX agrees with the reference, sizes drawn with seed %i", (seed) => {
  const cases = operatorCases(random("agreement", seed));
  test.each(cases.map((each) => [`${each.operator} ${each.name}`, each] as const))("%s", async (name, each) => {
    const { graph, outputs, inputs } = prepareCase(each, random("agreement", name, seed));
    for (const [i, output] of outputs.entries()) graph.output(`output${i}`, output);
    await expectAgreement(graph, inputs);
  });
});

test.each([
  [33, 70, 45],
  [1, 129, 17],
  [64, 300, 1],
])("ONNX agrees on products [%i, %i] @ [%i] beyond one block of its kernels", async (rows, inner, columns) => {
  const graph = new Graph();
  const stream = random("large products", rows);
  graph.output("y", graph.matmul(graph.input("a", [rows, inner]), graph.input("b", [inner, columns])));
  graph.output("p", graph.softmax(graph.input("scores", [rows, inner])));
  const numbers = (n: number) => normals(stream, n);
  await expectAgreement(graph, {
    a: numbers(rows * inner),
    b: numbers(inner * columns),
    scores: numbers(rows * inner),
  });
});

describe.each([createOnnxExecutor(), createReferenceExecutor()])("the $id executor", (executor) => {
  const program = () => {
    const graph = new Graph();
    graph.output("y", graph.gatherRows(graph.input("table", [3, 2]), graph.input("index", [2], "int")));
    return executor.compile(graph);
  };
  const table = Float32Array.of(1, 2, 3, 4, 5, 6);

  test("returns what the graph computes", async () => {
    const { y } = await (await program()).run({ table, index: Int32Array.of(2, 0) });
    expect([...(y ?? [])]).toEqual([5, 6, 1, 2]);
  });

  test("names an input that is missing", async () => {
    const run = (await program()).run({ table });
    await expect(run).rejects.toThrow(new GraphError('input "index" is missing'));
  });

  test("names an input of the wrong length", async () => {
    const run = (await program()).run({ table, index: Int32Array.of(1) });
    await expect(run).rejects.toThrow(new GraphError('input "index": expected 2 numbers for [2], got 1'));
  });

  test("names an int input that got floats", async () => {
    const run = (await program()).run({ table, index: Float32Array.of(2, 0) });
    await expect(run).rejects.toThrow(/input "index": expected an Int32Array/);
  });

  test("does not keep hold of the arrays that it was given", async () => {
    const [own, index] = [table.slice(), Int32Array.of(2, 0)];
    const { y } = await (await program()).run({ table: own, index });
    own.fill(0);
    expect([...(y ?? [])]).toEqual([5, 6, 1, 2]);
  });
});
