import type { Backend } from "../../src/backends/backend.ts";
import type { BackendOptions } from "../../src/experiment/parts.ts";
import { UserError } from "../../src/util/errors.ts";
import { createBackend as createToyBackend } from "./toyParts.ts";

export { getSetting } from "./toyParts.ts";

/** A backend whose version is its device; in worker processes it only tells what it was asked for. */
export function createBackend({ threads, device }: BackendOptions): Backend {
  if (/worker\.[jt]s$/.test(process.argv[1] ?? "")) throw new UserError(`worker: ${device}, ${threads} thread`);
  return { ...createToyBackend(), version: async () => `on ${device}` };
}
