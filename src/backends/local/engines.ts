import { chooseDevice } from "../../engine/executors/chooseDevice.ts";
import { createExecutor } from "../../engine/executors/createExecutor.ts";
import type { DeviceChoice } from "../../engine/executors/device.ts";
import type { ModelConfig } from "../../engine/model/config.ts";
import { parameterShapes } from "../../engine/model/parameters.ts";
import { ProgramCache } from "../../engine/train/programCache.ts";

/** What computes a model. */
export interface Engine {
  programs: ProgramCache;
  /** Changes whenever the same request could give other numbers. */
  version: string;
  /** What the user should know about the choice. */
  note?: string;
}

/** The executors of a backend, made when a model first needs them. */
export class Engines {
  readonly #choice: DeviceChoice;
  readonly #threads: number;
  readonly #programs = new Map<string, Promise<ProgramCache>>();

  constructor(choice: DeviceChoice, threads: number) {
    this.#choice = choice;
    this.#threads = threads;
  }

  /** @throws UserError when the device cannot be used on this machine */
  async for(config: ModelConfig): Promise<Engine> {
    const { device, note } = await chooseDevice(this.#choice, countParameters(config));
    const known = this.#programs.get(device);
    const programs = known ?? createExecutor(device, this.#threads).then((executor) => new ProgramCache(executor));
    this.#programs.set(device, programs);
    const cache = await programs;
    const what = device === "cpu" ? "" : `, ${device === "webgpu" ? device : cache.executor.id}`;
    return { programs: cache, version: `1 (onnxruntime 1.30.0${what})`, ...(note !== undefined && { note }) };
  }

  async release(): Promise<void> {
    for (const programs of this.#programs.values()) await (await programs).release();
    this.#programs.clear();
  }
}

function countParameters(config: ModelConfig): number {
  return [...parameterShapes(config).values()].reduce(
    (sum, shape) => sum + shape.reduce((product, size) => product * size, 1),
    0,
  );
}
