import { processorSeconds } from "../../util/processorSeconds.ts";
import { Graph } from "../graph/graph.ts";
import type { Executor } from "./executor.ts";

const size = 1024;
const seconds = 0.3;

const rates = new WeakMap<Executor, Promise<number>>();

/**
 * Floating-point operations in one processor second of an executor that multiplies two matrices of 1024 x 1024: what
 * this machine reaches at best. Measured for 0.3 s the first time that it is asked for.
 */
export function matmulRate(executor: Executor): Promise<number> {
  const known = rates.get(executor) ?? measure(executor);
  rates.set(executor, known);
  return known;
}

async function measure(executor: Executor): Promise<number> {
  const graph = new Graph();
  graph.output("c", graph.matmul(graph.input("a", [size, size]), graph.input("b", [size, size])));
  const program = await executor.compile(graph);
  const ones = new Float32Array(size ** 2).fill(1);
  const inputs = { a: ones, b: ones };
  await program.run(inputs);
  let least = Number.POSITIVE_INFINITY;
  for (const start = processorSeconds(); processorSeconds() - start < seconds; ) {
    const before = processorSeconds();
    await program.run(inputs);
    least = Math.min(least, processorSeconds() - before);
  }
  await program.release();
  return (2 * size ** 3) / least;
}
