import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The n-th event of a type, at which a process ends itself. */
export interface Death {
  type: string;
  count: number;
}

/**
 * Runs a script in a process of its own, which dies at the n-th event of a type, workers and all orphaned. The script
 * takes its argument as JSON, with its death in it, and gives every event to `dieAt`.
 */
export function killAt(script: URL, argument: object, type: string, count: number, delayMs = 5): Promise<void> {
  const death: Death = { type, count };
  const args = ["--import", "tsx", fileURLToPath(script), JSON.stringify({ ...argument, death })];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, TOY_DELAY_MS: String(delayMs) },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return new Promise((resolve, reject) => {
    child.on("exit", (_code, signal) =>
      signal === "SIGKILL" ? resolve() : reject(new Error(`finished before ${type} ${count}`)),
    );
  });
}

/** Hears events, and kills its own process at the one that it was told: nobody outside could do that in time for sure. */
export function dieAt({ type, count }: Death): (event: { type: string }) => void {
  let seen = 0;
  return (event) => {
    if (event.type === type && ++seen === count) process.kill(process.pid, "SIGKILL");
  };
}
