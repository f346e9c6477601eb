import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Runs a script in a process of its own and kills it, workers and all orphaned, at the n-th event of a type. The script
 * takes its argument as JSON and prints the type of each event on a line.
 */
export function killAt(script: URL, argument: object, type: string, count: number, delayMs = 5): Promise<void> {
  const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(script), JSON.stringify(argument)], {
    env: { ...process.env, TOY_DELAY_MS: String(delayMs) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let seen = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    seen += chunk
      .toString("utf8")
      .split("\n")
      .filter((line) => line === type).length;
    if (seen >= count) child.kill("SIGKILL");
  });
  return new Promise((resolve, reject) => {
    child.on("exit", (_code, signal) =>
      signal === "SIGKILL" ? resolve() : reject(new Error(`finished before ${type} ${count}`)),
    );
  });
}
