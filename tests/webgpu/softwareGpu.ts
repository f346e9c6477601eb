import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

const driver = "vk_swiftshader_icd.json";

/**
 * The environment in which a process sees SwiftShader, the GPU in software that comes with Chromium, as its GPU. Vulkan
 * reads it when the process starts. Empty on machines without such a Chromium, and where a Vulkan driver is named
 * already: so the tests run on a GPU of the machine with `VK_ICD_FILENAMES=/usr/share/vulkan/icd.d/....json`.
 */
export function softwareGpu(): Record<string, string> {
  if (process.platform !== "linux" || process.env.VK_ICD_FILENAMES || process.env.VK_DRIVER_FILES) return {};
  const folders = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome"];
  if (process.env.CHROMIUM) folders.unshift(dirname(process.env.CHROMIUM));
  const folder = folders.find((candidate) => existsSync(join(candidate, driver)));
  if (folder === undefined) return {};
  // Chromium brings a Vulkan loader too, for machines that have none.
  const libraries = [process.env.LD_LIBRARY_PATH, folder].filter(Boolean).join(":");
  return { VK_ICD_FILENAMES: join(folder, driver), LD_LIBRARY_PATH: libraries };
}
