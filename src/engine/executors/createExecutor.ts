import { UserError } from "../../util/errors.ts";
import type { Device } from "./device.ts";
import type { Executor } from "./executor.ts";
import { loadNativeLibrary } from "./native/library.ts";
import { createNativeExecutor } from "./native/native.ts";
import { createOnnxExecutor } from "./onnx.ts";
import { createWebGpuExecutor } from "./webgpu.ts";

/**
 * The executor that trains and samples on a device.
 *
 * @param threads within one operator, on the processor
 * @throws UserError when the processor has no units for bfloat16
 */
export async function createExecutor(device: Device, threads = 1): Promise<Executor> {
  if (device === "webgpu") return createWebGpuExecutor();
  if (device === "cpu") return createOnnxExecutor({ threads });
  const library = await loadNativeLibrary();
  if ("unavailable" in library) throw new UserError(`cpu-bf16: ${library.unavailable}`);
  return createNativeExecutor(library, { threads });
}
