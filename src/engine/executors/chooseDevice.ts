import { UserError } from "../../util/errors.ts";
import type { Device, DeviceChoice } from "./device.ts";
import { loadNativeLibrary } from "./native/library.ts";
import { requireWebGpu } from "./webgpu.ts";

/** Models of so many parameters gain much by bfloat16; smaller ones stay with float32's digits, alike on all machines. */
const largeModel = 10_000_000;

/**
 * Settles where a model is computed. `auto` takes the processor's bfloat16 units for models of 10 million parameters and
 * more, where it has them.
 *
 * @returns a note where a large model has to go without them
 * @throws UserError when the device that was asked for cannot be used on this machine
 */
export async function chooseDevice(
  choice: DeviceChoice,
  parameters: number,
): Promise<{ device: Device; note?: string }> {
  if (choice === "webgpu") await requireWebGpu();
  if (choice === "cpu" || choice === "webgpu" || (choice === "auto" && parameters < largeModel)) {
    return { device: choice === "auto" ? "cpu" : choice };
  }
  const library = await loadNativeLibrary();
  if (!("unavailable" in library)) return { device: "cpu-bf16" };
  if (choice === "auto") return { device: "cpu", note: `computing in float32: ${library.unavailable}` };
  throw new UserError(`--device cpu-bf16: ${library.unavailable}; use --device cpu`);
}
