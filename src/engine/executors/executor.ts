import type { Graph } from "../graph/graph.ts";
import type { ParameterPasses } from "./parameterPasses.ts";

export type TensorData = Float32Array | Float64Array | Int32Array;

/**
 * Runs graphs. Two rules hold for every executor: the same inputs give the same outputs bit for bit, and
 * inputs are only read while `run` is pending (callers reuse their arrays afterwards).
 */
export interface Executor {
  readonly id: string;
  /** Prepares a graph. Costs time and memory: callers keep programs and release them. */
  compile(graph: Graph): Promise<Program>;
  /** Faster passes over parameters than the plain ones, where it has some. */
  readonly passes?: ParameterPasses;
  /** Whether it writes into arrays that it is given as `spare`; otherwise they had better be let go. */
  readonly reusesOutputs?: true;
  /** What a program of the graph will need, without compiling it. Absent: the least that is possible is assumed. */
  memory?(graph: Graph): ProgramMemory;
}

/** Bytes that a program needs besides its inputs. */
export interface ProgramMemory {
  /** From `compile` to `release`. */
  held: number;
  /** While it runs, its outputs included; what does not belong to outputs is then free for other programs. */
  running: number;
}

export interface Program {
  /**
   * @param inputs one array per graph input, by name, row-major; those of the graph's `frozen` inputs must not be
   * written to afterwards
   * @param spare arrays that an executor may write outputs of their name and length into, instead of new ones
   * @returns one array per graph output, by name
   * @throws GraphError when an input is missing, or has the wrong type or length
   */
  run(
    inputs: Readonly<Record<string, TensorData>>,
    spare?: ReadonlyMap<string, Float32Array>,
  ): Promise<Record<string, Float32Array | Float64Array>>;
  release(): Promise<void>;
}
