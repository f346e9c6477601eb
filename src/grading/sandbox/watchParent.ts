import { Worker } from "node:worker_threads";

const INTERVAL_MS = 1000;

/**
 * Ends this process when its parent is gone, even while a program keeps its main thread busy: a thread of its own looks
 * every second. Windows has no parent that one could lose.
 */
export function watchParent(): void {
  const source = `
    const { ppid } = process;
    setInterval(() => process.ppid === ppid || process.kill(process.pid, "SIGKILL"), ${INTERVAL_MS});
  `;
  if (process.platform !== "win32") new Worker(source, { eval: true, execArgv: [] }).unref();
}
