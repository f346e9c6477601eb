import { createWebGpuExecutor, requireWebGpu } from "../../src/engine/executors/webgpu.ts";

const reason = await requireWebGpu().then(
  () => undefined,
  (error: Error) => error.message,
);

/** Whether this process has a GPU to test on. */
export const hasGpu = reason === undefined;
if (!hasGpu) console.warn(`the tests of the WebGPU executor are skipped: ${reason}`);

/** A GPU in software takes seconds to compile a model's shaders: it gets fewer models. */
export const isSoftware = process.env.VK_ICD_FILENAMES?.includes("swiftshader") ?? false;

export const gpu = createWebGpuExecutor();
