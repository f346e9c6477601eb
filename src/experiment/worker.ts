import type { Backend } from "../backends/backend.ts";
import type { Grader } from "../grading/grader.ts";
import type { Setting } from "../settings/setting.ts";
import { InterruptedError } from "../util/errors.ts";
import { type Job, type JobProgress, type JobResult, runJob } from "./job.ts";
import { type BackendOptions, loadParts, type PartsModule } from "./parts.ts";
import { openStore, type Store } from "./store.ts";

/** What the parent sends. The first message is `init`; one job at a time follows. */
export type ToWorker =
  | ({ type: "init"; parts: string | undefined; store: string } & BackendOptions)
  | { type: "job"; job: Job }
  | { type: "abort" };

/** What a worker sends back: progress, then `done` or `failed`. */
export type FromWorker =
  | { type: "progress"; progress: JobProgress }
  | { type: "done"; result: JobResult }
  | { type: "failed"; name: string; message: string; stack: string | undefined };

interface Workshop {
  parts: PartsModule;
  backend: Backend;
  store: Store;
}

let workshop: Promise<Workshop> | undefined;
const stopping = new AbortController();
const graders = new Map<string, Grader>();

async function equip(init: Extract<ToWorker, { type: "init" }>): Promise<Workshop> {
  const parts = await loadParts(init.parts);
  return { parts, backend: await parts.createBackend(init), store: openStore(init.store) };
}

/** One grader per setting stays ready from job to job: what it starts (a sandbox, say) ends with this process. */
function graderOf(setting: Setting): Grader {
  const grader = graders.get(setting.id) ?? setting.createGrader();
  graders.set(setting.id, grader);
  return grader;
}

async function work(job: Job): Promise<FromWorker> {
  try {
    const { parts, backend, store } = await (workshop as Promise<Workshop>);
    const setting = parts.getSetting(job.spec.setting);
    const grader = graderOf(setting);
    const onProgress = (progress: JobProgress): void => send({ type: "progress", progress });
    return {
      type: "done",
      result: await runJob(job, { setting, backend, store, grader }, onProgress, stopping.signal),
    };
  } catch (caught) {
    const error = stopping.signal.aborted ? new InterruptedError("stopped") : (caught as Error);
    return { type: "failed", name: error.name, message: error.message ?? String(caught), stack: error.stack };
  }
}

function send(message: FromWorker): void {
  if (process.connected) process.send?.(message);
}

process.on("message", (message: ToWorker) => {
  if (message.type === "abort") stopping.abort();
  else if (message.type === "job") void work(message.job).then(send);
  else {
    workshop = equip(message);
    workshop.catch(() => undefined);
  }
});

// Ctrl-C reaches the whole process group: the parent decides what happens, and when it is gone there is nothing to do.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit(0));
