import type { Backend } from "../backends/backend.ts";
import type { BackendOptions } from "./parts.ts";

export { findSetting as getSetting } from "../settings/registry.ts";

/** The embedded engine. Loaded on use: it brings the ONNX runtime with it. */
export async function createBackend(options: BackendOptions): Promise<Backend> {
  const { createLocalBackend } = await import("../backends/local/localBackend.ts");
  return createLocalBackend(options);
}
