import * as ort from "onnxruntime-node";
import type { Graph } from "../graph/graph.ts";
import { checkedInput } from "./checkedInput.ts";
import type { Executor, Program, TensorData } from "./executor.ts";
import { lowerToOnnx } from "./onnxLowering.ts";
import { onnxTensor } from "./onnxTensor.ts";

export interface OnnxOptions {
  /** Threads within one operator. @default 1 */
  threads?: number;
  /**
   * Every program keeps the memory of its largest run. About 5 % faster; turn it off where many programs with large
   * batches live side by side. @default true
   */
  arena?: boolean;
}

/** ONNX Runtime on the CPU in float32. `run` blocks its JavaScript thread: use processes for parallel work. */
export function createOnnxExecutor({ threads = 1, arena = true }: OnnxOptions = {}): Executor {
  return {
    id: "onnx",
    compile: async (graph) => {
      const session = await ort.InferenceSession.create(lowerToOnnx(graph), {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        enableMemPattern: false,
        enableCpuMemArena: arena,
        logSeverityLevel: 3,
        extra: { session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: "0" } } },
      });
      return new OnnxProgram(graph, session);
    },
  };
}

class OnnxProgram implements Program {
  readonly #graph: Graph;
  readonly #session: ort.InferenceSession;

  constructor(graph: Graph, session: ort.InferenceSession) {
    this.#graph = graph;
    this.#session = session;
  }

  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, value] of this.#graph.inputs) {
      feeds[name] = onnxTensor(value, checkedInput(name, value, inputs[name]));
    }
    const results = await this.#session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}
