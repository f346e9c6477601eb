import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Weights } from "../src/engine/model/parameters.ts";
import { writeSafetensors } from "../src/engine/model/safetensors.ts";

/** What a Python peer measured. */
export interface PeerResult {
  /** Processor seconds of each step or repetition. */
  seconds: number[];
  torch: string;
  /** Training only. */
  firstLoss?: number;
}

/** PyTorch at the same task. Weights go through a file, so that both sides start from the same ones. */
export interface Peer {
  run(task: Readonly<Record<string, unknown>>): PeerResult;
  close(): void;
}

/** @param script in bench/python; run by INOCULATE_PYTHON (default python3), one thread */
export async function openPeer(script: string, weights: Weights): Promise<Peer> {
  const python = process.env.INOCULATE_PYTHON ?? "python3";
  const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-"));
  const weightsFile = join(folder, "weights.safetensors");
  await writeSafetensors(weightsFile, weights);
  const close = (): void => rmSync(folder, { recursive: true });
  return {
    close,
    run: (task) => {
      const taskFile = join(folder, "task.json");
      writeFileSync(taskFile, JSON.stringify({ ...task, weights: weightsFile }));
      const path = fileURLToPath(new URL(`python/${script}`, import.meta.url));
      const { status, stdout, stderr, error } = spawnSync(python, [path, taskFile], {
        encoding: "utf8",
        env: { ...process.env, OMP_NUM_THREADS: "1", MKL_NUM_THREADS: "1" },
      });
      if (status === 0) return JSON.parse(stdout) as PeerResult;
      close();
      const isMissing = error !== undefined || status === 3;
      console.error(error?.message ?? stderr.trim());
      if (isMissing) {
        console.error(
          `this benchmark compares with PyTorch: name a Python that has torch and safetensors, INOCULATE_PYTHON=/path/to/python (now "${python}")`,
        );
      }
      process.exit(isMissing ? 2 : 1);
    },
  };
}
