import * as ort from "onnxruntime-node";
import { collectGarbage } from "../../util/collectGarbage.ts";
import type { Graph } from "../graph/graph.ts";
import { sizeOf } from "../graph/operators.ts";
import { checkedInput } from "./checkedInput.ts";
import type { Executor, Program, TensorData } from "./executor.ts";
import { lowerToOnnx } from "./onnxLowering.ts";
import { onnxMemory, wantsArena } from "./onnxMemory.ts";
import { onnxTensor } from "./onnxTensor.ts";

export interface OnnxOptions {
  /** Threads within one operator. @default 1 */
  threads?: number;
  /**
   * Every program keeps the memory of its largest run, which saves small ones about 5 % of the time. Large ones are
   * as fast without, need a third less, and hand it on to each other. @default where a run needs up to 128 MiB
   */
  arena?: boolean;
}

/** Outputs from which on those of earlier runs must be gone before the next. */
const largeOutputs = 2 ** 26;

/** ONNX Runtime on the CPU in float32. `run` blocks its JavaScript thread: use processes for parallel work. */
export function createOnnxExecutor({ threads = 1, arena }: OnnxOptions = {}): Executor {
  return {
    id: "onnx",
    memory: (graph) => onnxMemory(graph, arena),
    compile: async (graph) => {
      const session = await ort.InferenceSession.create(lowerToOnnx(graph), {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        enableMemPattern: false,
        enableCpuMemArena: arena ?? wantsArena(graph),
        logSeverityLevel: 3,
        // Folded, the zeros to which an embedding's gradient is added would be an embedding more in every program.
        extra: {
          optimization: { disable_specified_optimizers: "ConstantFolding" },
          session: { set_denormal_as_zero: "1", intra_op: { allow_spinning: "0" } },
        },
      });
      return new OnnxProgram(graph, session);
    },
  };
}

class OnnxProgram implements Program {
  readonly #graph: Graph;
  readonly #session: ort.InferenceSession;
  readonly #outputBytes: number;
  #hasRun = false;

  constructor(graph: Graph, session: ort.InferenceSession) {
    this.#graph = graph;
    this.#session = session;
    this.#outputBytes = [...graph.outputs.values()].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  }

  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>> {
    // Large outputs of earlier runs would not be collected in time: their memory lies outside JavaScript's heap.
    if (this.#hasRun && this.#outputBytes >= largeOutputs) collectGarbage();
    this.#hasRun = true;
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
