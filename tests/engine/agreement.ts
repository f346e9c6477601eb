import { expect } from "vitest";
import type { Executor, TensorData } from "../../src/engine/executors/executor.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import type { Graph } from "../../src/engine/graph/graph.ts";
import { relativeError } from "./fixtures.ts";

const [onnx, reference] = [createOnnxExecutor(), createReferenceExecutor()];

/** Runs a graph on an executor and on the reference, on the same float32 numbers, and compares every output. */
export async function expectAgreement(
  graph: Graph,
  inputs: Record<string, TensorData>,
  executor: Executor = onnx,
): Promise<void> {
  const feeds = asFloat32(inputs);
  const [program, referenceProgram] = [await executor.compile(graph), await reference.compile(graph)];
  const [actual, expected] = [await program.run(feeds), await referenceProgram.run(feeds)];
  expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
  for (const [name, numbers] of Object.entries(expected)) {
    expect(actual[name]).toHaveLength(numbers.length);
    expect(relativeError(actual[name] ?? [], numbers), name).toBeLessThan(1e-5);
  }
  await program.release();
}

/** float64 arrays as the float32 that ONNX takes. */
function asFloat32(inputs: Record<string, TensorData>): Record<string, TensorData> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, data]) => [name, data instanceof Float64Array ? Float32Array.from(data) : data]),
  );
}
