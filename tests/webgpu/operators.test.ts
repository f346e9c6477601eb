import { describe, expect, test } from "vitest";
import { lowerToOnnx } from "../../src/engine/executors/onnxLowering.ts";
import { createWebGpuSession } from "../../src/engine/executors/webgpuSession.ts";
import { Graph } from "../../src/engine/graph/graph.ts";
import { random } from "../../src/util/random.ts";
import { expectAgreement } from "../engine/agreement.ts";
import { normals, prepareCase } from "../engine/numerics.ts";
import { operatorCases } from "../engine/operatorCases.ts";
import { gpu, hasGpu, isSoftware } from "./gpu.ts";

describe.skipIf(!hasGpu).each(isSoftware ? [1] : [1, 2, 3, 4])(
  "WebGPU agrees with the reference, sizes drawn with seed %i",
  (seed) => {
    const cases = operatorCases(random("agreement", seed));
    test.each(cases.map((each) => [`${each.operator} ${each.name}`, each] as const))("%s", async (name, each) => {
      const { graph, outputs, inputs } = prepareCase(each, random("agreement", name, seed));
      for (const [i, output] of outputs.entries()) graph.output(`output${i}`, output);
      await expectAgreement(graph, inputs, gpu);
    });
  },
);

describe.skipIf(!hasGpu)("WebGPU", () => {
  test.each([
    [33, 70, 45],
    [1, 129, 17],
    [64, 300, 1],
    [8, 2048, 8],
  ])("agrees on products [%i, %i] @ [%i] beyond one block of its kernels", async (rows, inner, columns) => {
    const graph = new Graph();
    const stream = random("large products", rows);
    graph.output("y", graph.matmul(graph.input("a", [rows, inner]), graph.input("b", [inner, columns])));
    graph.output("p", graph.softmax(graph.input("scores", [rows, inner])));
    const feeds = { a: normals(stream, rows * inner), b: normals(stream, inner * columns) };
    await expectAgreement(graph, { ...feeds, scores: normals(stream, rows * inner) }, gpu);
  });

  test("agrees on a sum and a bias folded into a product", async () => {
    const graph = new Graph();
    const stream = random("folded", 1);
    const product = () => graph.matmul(graph.input("a", [5, 7]), graph.input("b", [6, 7]), { transposeB: true });
    const [bias, base] = [graph.input("bias", [6]), graph.input("base", [5, 6])];
    const biased = graph.add(product(), bias);
    graph.output("y", graph.add(base, graph.matmul(biased, graph.input("c", [6, 6]), { alpha: 0.3 })));
    const sizes = { a: 35, b: 42, bias: 6, base: 30, c: 36 };
    const feeds = Object.fromEntries(Object.entries(sizes).map(([name, n]) => [name, normals(stream, n)]));
    await expectAgreement(graph, feeds, gpu);
  });

  test("adds up rows of a table too large to be chosen from at once", async () => {
    const [rows, n] = [4_200, 260];
    const graph = new Graph();
    const index = graph.input("index", [n], "int");
    graph.output("y", graph.scatterAddRows(graph.input("values", [n, 2]), index, rows));
    const stream = random("large table", 1);
    const chosen = Int32Array.from({ length: n }, (_, i) => (i % 3 === 0 ? rows - 1 : stream.integer(0, rows - 1)));
    await expectAgreement(graph, { values: normals(stream, 2 * n), index: chosen }, gpu);
  });

  test("adds up the same row many times in the same order at every run", async () => {
    const n = 512;
    const graph = new Graph();
    graph.output("y", graph.scatterAddRows(graph.input("values", [n, 4]), graph.input("index", [n], "int"), 3));
    const stream = random("same row", 1);
    // Magnitudes so far apart that another order would round otherwise.
    const values = Float32Array.from(normals(stream, 4 * n), (x) => x * 10 ** stream.integer(-6, 6));
    const index = Int32Array.from({ length: n }, (_, i) => i % 2);
    const program = await gpu.compile(graph);
    const first = await program.run({ values, index });
    for (let again = 0; again < 4; again++) expect(await program.run({ values, index })).toEqual(first);
    await program.release();
  });

  test("refuses a model of which a part would run on the CPU", async () => {
    const graph = new Graph();
    graph.output("y", graph.matmul(graph.input("a", [2, 3, 4]), graph.input("b", [2, 4, 5])));
    await expect(createWebGpuSession(lowerToOnnx(graph, "cpu"))).rejects.toThrow(/assigned to the default CPU EP/);
  });
});
