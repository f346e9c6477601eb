import { chooseDevice } from "../../engine/executors/chooseDevice.ts";
import { createExecutor } from "../../engine/executors/createExecutor.ts";
import type { DeviceChoice } from "../../engine/executors/device.ts";
import { modelParameters } from "../../engine/memory/trainingMemory.ts";
import type { ModelConfig } from "../../engine/model/config.ts";
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
  readonly #processor: { threads: number; cores: number };
  readonly #programs = new Map<string, Promise<ProgramCache>>();

  constructor(choice: DeviceChoice, processor: { threads: number; cores: number }) {
    this.#choice = choice;
    this.#processor = processor;
  }

  /** @throws UserError when the device cannot be used on this machine */
  async for(config: ModelConfig): Promise<Engine> {
    const { device, note } = await chooseDevice(this.#choice, modelParameters(config));
    const known = this.#programs.get(device);
    const programs = known ?? createExecutor(device, this.#processor).then((executor) => new ProgramCache(executor));
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
