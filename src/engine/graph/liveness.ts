import type { Graph, Value } from "./graph.ts";
import { sizeOf } from "./operators.ts";

/** Memory that an executor holds from one step of a program to another, both included. */
export interface Buffer {
  bytes: number;
  /** The step that fills it. */
  from: number;
  /** The last step that reads it. */
  to: number;
}

/** The most bytes that are held at once. What no executor can go below, however well it places buffers. */
export function peakBytes(buffers: readonly Buffer[]): number {
  const change = new Map<number, number>();
  const add = (step: number, bytes: number): unknown => change.set(step, (change.get(step) ?? 0) + bytes);
  for (const { bytes, from, to } of buffers) {
    add(from, bytes);
    add(to + 1, -bytes);
  }
  let [held, most] = [0, 0];
  for (const step of [...change.keys()].sort((a, b) => a - b)) {
    held += change.get(step) as number;
    most = Math.max(most, held);
  }
  return most;
}

/**
 * The lifetimes of a graph's intermediate values in float32 when its nodes run in their order and every value has
 * memory of its own until its last reader is done; outputs last until the end, inputs and constants are not in it.
 */
export function valueLifetimes(graph: Graph): Buffer[] {
  const buffers = new Map<Value, Buffer>();
  graph.nodes.forEach(({ inputs, outputs }, step) => {
    for (const value of outputs) buffers.set(value, { bytes: 4 * sizeOf(value.shape), from: step, to: step });
    for (const value of inputs) {
      const buffer = buffers.get(value);
      if (buffer) buffer.to = step;
    }
  });
  for (const value of graph.outputs.values()) {
    const buffer = buffers.get(value);
    if (buffer) buffer.to = graph.nodes.length;
  }
  return [...buffers.values()];
}
