import { availableParallelism } from "node:os";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { UserError } from "../util/errors.ts";

/**
 * How many processes work at once: as many as asked for, else one for each core, or a single one where they would share
 * a GPU and its memory.
 * @throws UserError when it is no whole number from 1 on
 */
export function workerCount({
  device,
  workers = device === "webgpu" ? 1 : availableParallelism(),
}: {
  workers?: number | undefined;
  device?: DeviceChoice | undefined;
}): number {
  if (Number.isInteger(workers) && workers >= 1) return workers;
  throw new UserError(`workers: expected a whole number from 1 on, got ${workers}`);
}
