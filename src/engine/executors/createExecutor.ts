import type { Device } from "./device.ts";
import type { Executor } from "./executor.ts";
import { createOnnxExecutor } from "./onnx.ts";
import { createWebGpuExecutor } from "./webgpu.ts";

export interface ExecutorOptions {
  /** @default "cpu" */
  device?: Device | undefined;
  /** Threads within one operator, on the CPU. @default 1 */
  threads?: number | undefined;
}

/** The executor that trains and samples on a device. */
export function createExecutor({ device = "cpu", threads = 1 }: ExecutorOptions = {}): Executor {
  return device === "webgpu" ? createWebGpuExecutor() : createOnnxExecutor({ threads });
}
