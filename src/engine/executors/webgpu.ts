import type * as ort from "onnxruntime-node";
import { Graph } from "../graph/graph.ts";
import { checkedInput } from "./checkedInput.ts";
import type { Executor, Program, TensorData } from "./executor.ts";
import { GpuResidents } from "./gpuResidents.ts";
import { lowerToOnnx } from "./onnxLowering.ts";
import { onnxTensor } from "./onnxTensor.ts";
import { createWebGpuSession } from "./webgpuSession.ts";

/**
 * ONNX Runtime on a GPU through WebGPU (Direct3D 12, Metal or Vulkan) in float32. Frozen inputs are copied to the GPU
 * once, all others at every run; outputs are copied back. The same inputs give the same outputs bit for bit on the same
 * GPU and driver; another GPU may round otherwise.
 */
export function createWebGpuExecutor(): Executor {
  return {
    id: "webgpu",
    compile: async (graph) => {
      await requireWebGpu();
      return new WebGpuProgram(graph, await createWebGpuSession(lowerToOnnx(graph, "webgpu")));
    },
  };
}

const residents = new GpuResidents();

/** Never released: with a process's last session ONNX Runtime gives up the GPU, and every shader that it has compiled. */
let anchor: Promise<ort.InferenceSession> | undefined;

/** @throws UserError when no GPU can be used on this machine */
export async function requireWebGpu(): Promise<void> {
  const graph = new Graph();
  graph.output("y", graph.scale(graph.input("x", [1]), 2));
  anchor ??= createWebGpuSession(lowerToOnnx(graph, "webgpu"));
  await anchor;
}

class WebGpuProgram implements Program {
  readonly #graph: Graph;
  readonly #session: ort.InferenceSession;
  /** Holds what pending runs were given: an array's copy on the GPU goes when nobody can reach the array. */
  readonly #pending = new Set<Readonly<Record<string, TensorData>>>();

  constructor(graph: Graph, session: ort.InferenceSession) {
    this.#graph = graph;
    this.#session = session;
  }

  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>> {
    this.#pending.add(inputs);
    try {
      const results = await this.#session.run(await this.#feeds(inputs));
      return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
    } finally {
      this.#pending.delete(inputs);
    }
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  async #feeds(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, ort.Tensor>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, value] of this.#graph.inputs) {
      const data = checkedInput(name, value, inputs[name]);
      const frozen = this.#graph.frozen.has(name) && value.dtype === "float";
      feeds[name] = frozen ? await residents.get(name, value, data) : onnxTensor(value, data);
    }
    return feeds;
  }
}
