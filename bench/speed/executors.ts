import type { Executor } from "../../src/engine/executors/executor.ts";
import { UserError } from "../../src/util/errors.ts";

/** An executor of ours as a side of the speed table. */
export interface BenchExecutor {
  /** What its matrix products are computed in; the peers of the same precision must agree with it. */
  precision: "fp32" | "bf16";
  /** Loads it. Throws a UserError where it cannot run on this machine. */
  create(threads: number): Promise<Executor>;
}

/** The executors that are measured, by the name that `--executors` takes. A further one is one entry. */
export const executors: Readonly<Record<string, BenchExecutor>> = {
  onnx: {
    precision: "fp32",
    create: async (threads) => (await import("../../src/engine/executors/onnx.ts")).createOnnxExecutor({ threads }),
  },
};

/** Those of them that run on this machine. What does not is named on standard error, with the reason. */
export async function availableExecutors(): Promise<string[]> {
  const names: string[] = [];
  for (const [name, { create }] of Object.entries(executors)) {
    try {
      await create(1);
      names.push(name);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      console.error(`without the executor ${name}: ${error.message}`);
    }
  }
  return names;
}
