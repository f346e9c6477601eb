import { type ChildProcess, fork } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { pyodideFolder } from "./pyodideFolder.ts";

const require = createRequire(import.meta.url);
const fromSource = import.meta.url.endsWith(".ts");

/**
 * Recursion in Python takes its share of Node's stack, of which there is too little by default for memoized functions.
 * In KiB; most systems give a process 8192.
 */
const STACK_KIB = 6000;

/** Starts a process that runs `worker.ts`: its source through tsx, its built output with Node's permissions turned off. */
export function startWorker(): ChildProcess {
  const entry = fileURLToPath(new URL(fromSource ? "./worker.ts" : "./worker.js", import.meta.url));
  const mode = fromSource ? ["--import", pathToFileURL(require.resolve("tsx")).href] : permissions();
  return fork(entry, [], {
    execArgv: ["--no-warnings", `--stack-size=${STACK_KIB}`, ...mode],
    env: environment(),
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
}

/** Reading its own code, and a thread that watches the parent: nothing else of what Node can be told to refuse. */
function permissions(): string[] {
  const built = fileURLToPath(new URL("../../", import.meta.url));

  const isStable = process.allowedNodeEnvironmentFlags.has("--permission");
  const readable = [built, pyodideFolder].map((folder) => `--allow-fs-read=${folder.replace(/[/\\]$/, "")}/*`);
  return [isStable ? "--permission" : "--experimental-permission", ...readable, "--allow-worker"];
}

/** Nothing of ours. The time zone is fixed, so that programs don't depend on the machine's. */
function environment(): NodeJS.ProcessEnv {
  const { SystemRoot } = process.env;
  return { TZ: "UTC", ...(SystemRoot !== undefined && { SystemRoot }) };
}
