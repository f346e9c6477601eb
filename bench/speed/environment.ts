import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { UserError } from "../../src/util/errors.ts";
import { python, runProgram } from "./side.ts";

/** What was compared, and on what. */
export interface Environment {
  machine: {
    processor: string;
    cores: number;
    memoryGigabytes: number;
    /** Processes that wanted to run in the minute before, on average. */
    load: number;
  };
  versions: Record<string, string>;
  /** PyTorch's: whether it has oneDNN and MKL, its vector instructions, and the kernels of its matrix products. */
  torch: { mkldnn: boolean; mkl: boolean; capability: string; bf16Kernel: string | null; fp32Kernel: string | null };
}

/** Exit code of a peer's script that lacks a package. */
const missingPackage = 3;

/**
 * Looks at the machine and at the peers' packages, before any long work.
 *
 * @throws UserError naming what is missing and how to install it
 */
export async function readEnvironment(): Promise<Environment> {
  if (process.platform !== "linux")
    throw new UserError(`this benchmark reads /proc and needs Linux, not ${process.platform}`);
  const script = fileURLToPath(new URL("../python/environment.py", import.meta.url));
  const { code, stdout, stderr } = await runProgram(python, [script]);
  if (code === -1) {
    throw new UserError(
      `INOCULATE_PYTHON: could not start "${python}" (${stderr.trim()}); name a Python: INOCULATE_PYTHON=/path/to/python`,
    );
  }
  if (code === missingPackage)
    throw new UserError(`${stderr.trim()}\nor name another Python: INOCULATE_PYTHON=/path/to/python`);
  if (code !== 0) throw new Error(`${script} failed (exit code ${code}):\n${stderr.trim()}`);
  const peers = JSON.parse(stdout) as { versions: Record<string, string>; flags: Environment["torch"] };
  return {
    machine: {
      processor: cpus()[0]?.model ?? "unknown",
      cores: availableParallelism(),
      memoryGigabytes: Math.round(totalmem() / 1e9),
      load: loadavg()[0] as number,
    },
    versions: {
      inoculate: versionIn("../../package.json"),
      node: process.versions.node,
      "onnxruntime-node": versionIn("../../node_modules/onnxruntime-node/package.json"),
      ...peers.versions,
    },
    torch: peers.flags,
  };
}

function versionIn(path: string): string {
  return (JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")) as { version: string }).version;
}
