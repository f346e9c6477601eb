import * as ort from "onnxruntime-node";
import { UserError } from "../../util/errors.ts";

/**
 * A session on the GPU. Every node runs there: a model of which some part would fall back to the CPU is refused.
 *
 * @param model the bytes of an ONNX file
 * @param keepOutputs leave the outputs on the GPU
 * @throws UserError when no GPU can be used on this machine
 */
export async function createWebGpuSession(model: Uint8Array, keepOutputs = false): Promise<ort.InferenceSession> {
  if (!ort.listSupportedBackends().some(({ name }) => name === "webgpu")) {
    const machine = `${process.platform} on ${process.arch}`;
    throw new UserError(`device "webgpu": ONNX Runtime has no WebGPU for ${machine}; use --device cpu`);
  }
  try {
    return await ort.InferenceSession.create(model, {
      executionProviders: ["webgpu"],
      preferredOutputLocation: keepOutputs ? "gpu-buffer" : "cpu",
      logSeverityLevel: 3,
      // Long sums for few numbers would else be split and added up through atomics, in any order.
      extra: { session: { disable_cpu_ep_fallback: "1", use_deterministic_compute: "1" } },
    });
  } catch (error) {
    if (!/WebGPU adapter/.test(String(error))) throw error;
    throw new UserError(noAdapter, { cause: error });
  }
}

const noAdapter = [
  'device "webgpu": found no GPU that WebGPU can use.',
  "On Linux it goes through Vulkan: install the loader (Debian and Ubuntu: libvulkan1) and the GPU's driver",
  "(mesa-vulkan-drivers for AMD and Intel, NVIDIA's own), and check that `vulkaninfo --summary` (vulkan-tools) lists",
  "the GPU; a container must be given it. On Windows and macOS update the GPU's driver or the system.",
  "Or use --device cpu",
].join(" ");
