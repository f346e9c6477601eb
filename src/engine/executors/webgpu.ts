import * as ort from "onnxruntime-node";
import { UserError } from "../../util/errors.ts";
import { Graph } from "../graph/graph.ts";
import { checkedInput } from "./checkedInput.ts";
import type { Executor, Program, TensorData } from "./executor.ts";
import { GpuResidents } from "./gpuResidents.ts";
import { lowerToOnnx } from "./onnxLowering.ts";
import { onnxTensor } from "./onnxTensor.ts";

/**
 * ONNX Runtime on a GPU through WebGPU (Direct3D 12, Metal or Vulkan) in float32. Frozen inputs are copied to the GPU
 * once, all others at every run; outputs are copied back. Nothing runs on the CPU in its stead: a graph with an
 * operator that the GPU lacks does not compile. The same inputs give the same outputs bit for bit on the same GPU and
 * driver; another GPU may round otherwise.
 */
export function createWebGpuExecutor(): Executor {
  const residents = new GpuResidents(createWebGpuSession);
  return {
    id: "webgpu",
    compile: async (graph) => new WebGpuProgram(graph, await createWebGpuSession(graph), residents),
  };
}

/** @throws UserError when no GPU can be used on this machine */
export async function requireWebGpu(): Promise<void> {
  const graph = new Graph();
  graph.output("y", graph.scale(graph.input("x", [1]), 2));
  await (await createWebGpuSession(graph)).release();
}

class WebGpuProgram implements Program {
  readonly #graph: Graph;
  readonly #session: ort.InferenceSession;
  readonly #residents: GpuResidents;

  constructor(graph: Graph, session: ort.InferenceSession, residents: GpuResidents) {
    this.#graph = graph;
    this.#session = session;
    this.#residents = residents;
  }

  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float32Array>> {
    const feeds: Record<string, ort.Tensor> = {};
    for (const [name, value] of this.#graph.inputs) {
      const data = checkedInput(name, value, inputs[name]);
      const frozen = value.dtype === "float" && this.#graph.frozen.has(name);
      feeds[name] = frozen ? await this.#residents.get(name, value, data) : onnxTensor(value, data);
    }
    const results = await this.#session.run(feeds);
    return Object.fromEntries(Object.entries(results).map(([name, tensor]) => [name, tensor.data as Float32Array]));
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

/** @param keepOutputs leave the outputs on the GPU */
async function createWebGpuSession(graph: Graph, keepOutputs = false): Promise<ort.InferenceSession> {
  if (!ort.listSupportedBackends().some(({ name }) => name === "webgpu")) {
    throw new UserError(
      `device "webgpu": ONNX Runtime has no WebGPU for ${process.platform} on ${process.arch}; use --device cpu`,
    );
  }
  try {
    return await ort.InferenceSession.create(lowerToOnnx(graph, "webgpu"), {
      executionProviders: ["webgpu"],
      preferredOutputLocation: keepOutputs ? "gpu-buffer" : "cpu",
      logSeverityLevel: 3,
      // Without the second, products of few rows and columns would be added up through atomics, in any order.
      extra: { session: { disable_cpu_ep_fallback: "1", use_deterministic_compute: "1" } },
    });
  } catch (error) {
    if (!/WebGPU adapter/i.test(String(error))) throw error;
    throw new UserError(noAdapter, { cause: error });
  }
}

const noAdapter =
  "device \"webgpu\": found no GPU that WebGPU can use. On Linux it goes through Vulkan: install the loader (libvulkan1 on Debian and Ubuntu) and the GPU's driver (mesa-vulkan-drivers for AMD and Intel, NVIDIA's own), and see that `vulkaninfo --summary` (vulkan-tools) lists it; a container needs the GPU passed in. On Windows and macOS update the driver or the system. Or use --device cpu";
