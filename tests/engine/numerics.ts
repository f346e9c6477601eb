import type { TensorData } from "../../src/engine/executors/executor.ts";
import { Graph, type Value } from "../../src/engine/graph/graph.ts";
import { sizeOf } from "../../src/engine/graph/operators.ts";
import type { Random } from "../../src/util/random.ts";
import type { OperatorCase } from "./operatorCases.ts";

export const normals = (random: Random, length: number): Float64Array =>
  Float64Array.from({ length }, () => random.normal());

/** A graph around one operator, with operands to run it on. */
export interface PreparedCase {
  graph: Graph;
  outputs: Value[];
  floats: Value[];
  inputs: Record<string, TensorData>;
}

/** Declares the operands as inputs `float0`, ..., `int0`, ... and draws their numbers. */
export function prepareCase(operatorCase: OperatorCase, random: Random): PreparedCase {
  const graph = new Graph();
  const inputs: Record<string, TensorData> = {};
  const floats = operatorCase.floats.map((shape, i) => {
    const { deviation = 1 } = operatorCase;
    inputs[`float${i}`] = normals(random, sizeOf(shape)).map((x) => deviation * x);
    return graph.input(`float${i}`, shape);
  });
  const ints = (operatorCase.ints ?? []).map(({ shape, below = 1, numbers }, i) => {
    inputs[`int${i}`] = Int32Array.from(
      { length: sizeOf(shape) },
      (_, j) => numbers?.[j] ?? random.integer(0, below - 1),
    );
    return graph.input(`int${i}`, shape, "int");
  });
  return { graph, outputs: operatorCase.build(graph, floats, ints), floats, inputs };
}

/** sum(value * functional) as a scalar, with `functional` an input of the value's shape. */
export function linearLoss(graph: Graph, value: Value, random: Random): { loss: Value; functional: Float64Array } {
  const size = sizeOf(value.shape);
  const weights = graph.input("functional", [1, size]);
  const loss = graph.sum(graph.multiply(graph.reshape(value, [1, size]), weights), [0, 1], false);
  return { loss, functional: normals(random, size) };
}

/** The part of a graph that computes one of its outputs, without what was added after it, such as the derivatives. */
export function upTo(graph: Graph, output: string): Graph {
  const value = graph.outputs.get(output) as Value;
  const part = new Graph();
  for (const [name, input] of graph.inputs) part.inputs.set(name, input);
  for (const [constant, data] of graph.constants) part.constants.set(constant, data);
  part.nodes.push(...graph.nodes.slice(0, graph.nodes.findIndex(({ outputs }) => outputs.includes(value)) + 1));
  part.outputs.set(output, value);
  return part;
}

/** The central finite difference of `loss` by every number of `x`, which is changed and restored. */
export async function finiteDifferences(
  x: Float64Array,
  loss: () => Promise<number>,
  step = 1e-4,
): Promise<Float64Array> {
  const gradient = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    gradient[i] = await slope(loss, step, (shift) => {
      x[i] = (x[i] as number) + shift;
    });
  }
  return gradient;
}

/** d loss / d shift at 0, by the five-point rule: its error is of the order of step^4. */
export async function slope(loss: () => Promise<number>, step: number, shift: (by: number) => void): Promise<number> {
  const at = async (distance: number): Promise<number> => {
    shift(distance);
    const value = await loss();
    shift(-distance);
    return value;
  };
  const near = (await at(step)) - (await at(-step));
  const far = (await at(2 * step)) - (await at(-2 * step));
  return (8 * near - far) / (12 * step);
}
