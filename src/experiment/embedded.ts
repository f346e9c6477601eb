import type { Backend } from "../backends/backend.ts";
import type { BackendOptions } from "./parts.ts";

export { findSetting as getSetting } from "../settings/registry.ts";

/**
 * The embedded engine. Loaded on use: it brings the ONNX runtime with it.
 * @throws UserError when the device cannot be used on this machine
 */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  const { createLocalBackend } = await import("../backends/local/localBackend.ts");
  if (options.device === "webgpu") {
    const { requireWebGpu } = await import("../engine/executors/webgpu.ts");
    await requireWebGpu();
  }
  return createLocalBackend(options);
}
