import type { Executor } from "../../src/engine/executors/executor.ts";
import { loadNativeLibrary } from "../../src/engine/executors/native/library.ts";
import { createNativeExecutor } from "../../src/engine/executors/native/native.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { UserError } from "../../src/util/errors.ts";

/** An executor of ours as a side of the speed table. */
export interface BenchExecutor {
  /** What its matrix products are computed in; it must agree with the peers as closely as those of that precision do. */
  precision: "fp32" | "bf16";
  /** The executor, or why this machine cannot run it. */
  load(threads: number): Promise<Executor | { unavailable: string }>;
}

/** The executors that are measured, by the name that `--executors` takes. A further one is one entry. */
export const executors: Readonly<Record<string, BenchExecutor>> = {
  onnx: { precision: "fp32", load: async (threads) => createOnnxExecutor({ threads }) },
  native: {
    precision: "bf16",
    load: async (threads) => {
      const library = await loadNativeLibrary();
      return "unavailable" in library ? library : createNativeExecutor(library, { threads });
    },
  },
};

/** @throws UserError when there is none of that name, or this machine cannot run it */
export async function loadExecutor(name: string, threads: number): Promise<Executor> {
  const known = executors[name];
  if (known === undefined)
    throw new UserError(`expected an executor of ${Object.keys(executors).join(", ")}, got "${name}"`);
  const executor = await known.load(threads);
  if ("unavailable" in executor) throw new UserError(`the executor ${name} cannot run here: ${executor.unavailable}`);
  return executor;
}

/** Those of them that run on this machine. What does not is named on standard error, with the reason. */
export async function availableExecutors(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, { load }] of Object.entries(executors)) {
    const executor = await load(1);
    if ("unavailable" in executor) console.error(`without the executor ${name}: ${executor.unavailable}`);
    else names.push(name);
  }
  return names;
}
