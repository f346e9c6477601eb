import { availableParallelism } from "node:os";
import { InoculateError, InterruptedError } from "../util/errors.ts";
import type { CollectedRun } from "./collect.ts";
import { Estimator } from "./estimate.ts";
import type { OnEvent } from "./events.ts";
import type { RunSpec } from "./materials.ts";
import { runRef } from "./plan.ts";
import type { FinishedRun } from "./run.ts";
import type { Study } from "./screen.ts";
import { noteTimings, workKind } from "./timings.ts";

export interface RunAllOptions {
  workers?: number | undefined;
  onEvent?: OnEvent | undefined;
  /** Called after each finished run, before its estimate. */
  onFinished?: () => void;
  /** Aborted at the first failure, so that the other workers stop too. */
  stopping: AbortController;
}

/**
 * Does all runs in the plan's order, on as many workers as there are. The first failure stops the rest. For runs that
 * the store held as a whole no worker is asked.
 */
export async function runAll(
  study: Pick<Study, "pool" | "store">,
  runs: readonly CollectedRun[],
  options: RunAllOptions,
): Promise<void> {
  const {
    onEvent = () => undefined,
    onFinished = () => undefined,
    workers = availableParallelism(),
    stopping,
  } = options;
  const estimator = new Estimator(
    runs.map(({ planned, complete }) => ({ run: planned, complete })),
    workers,
  );
  const outcomes = await Promise.allSettled(
    runs.map(async (collected) => {
      const { planned } = collected;
      try {
        const { reused, seconds } = await runOne(study, collected, { onEvent, workers });
        if (!reused) estimator.finished(planned, seconds);
        onFinished();
        onEvent({ type: "estimate", ...estimator.estimate(planned) });
      } catch (error) {
        if (!(error instanceof InterruptedError)) {
          const { message } = error as Error;
          onEvent({ type: "run-failed", run: runRef(planned.spec), message, willRetry: false });
        }
        stopping.abort();
        throw error;
      }
    }),
  );
  const failures = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason as Error] : []));
  const cause = failures.find((error) => error.name !== "InterruptedError") ?? failures[0];
  if (cause !== undefined) throw cause;
}

async function runOne(
  { pool, store }: Pick<Study, "pool" | "store">,
  collected: CollectedRun,
  { onEvent, workers }: { onEvent: OnEvent; workers: number },
): Promise<{ reused: boolean; seconds: number }> {
  const { spec, conditions } = collected.planned;
  const run = runRef(spec);
  let started = performance.now();
  const onStart = (): void => {
    started = performance.now();
    onEvent({ type: "run-started", run });
  };
  if (collected.complete) onStart();
  const finishedRun = collected.complete ? storedRun(collected) : await submitRun(pool, spec, { onEvent, onStart });
  const { modelId, evaluations, reused, timings } = finishedRun;
  noteTimings(store, workKind(spec, workers), timings);
  const finished = evaluations.flatMap(({ id, metrics, excluded }, index) => {
    const condition = conditions[index];
    if (!condition) return [];
    const { step = "last" } = spec.evaluations[index] ?? {};
    const samples = `${store.relative(store.evaluationFolder(modelId, step, id))}/samples.jsonl`;
    return [{ condition, seed: spec.seed, metrics, excluded: excluded.share, samples }];
  });
  const seconds = (performance.now() - started) / 1000;
  onEvent({ type: "run-finished", run, evaluations: finished, reused, seconds });
  return { reused, seconds };
}

/** What a run answers that the store holds as a whole. */
function storedRun({ modelId, evaluations }: CollectedRun): Omit<FinishedRun, "model"> {
  return { modelId, evaluations: evaluations.flatMap(({ metrics }) => metrics ?? []), reused: true, timings: [] };
}

async function submitRun(
  pool: Study["pool"],
  spec: RunSpec,
  { onEvent, onStart }: { onEvent: OnEvent; onStart: () => void },
): Promise<FinishedRun> {
  const run = runRef(spec);
  const named = (evalPrompt: string): string => `${run.trainData}/${run.trainPrompt.id}/${evalPrompt}`;
  const result = await pool.submit(
    { kind: "run", spec },
    {
      onStart,
      onRetry: (message) => onEvent({ type: "run-failed", run, message, willRetry: true }),
      onProgress: (progress) => {
        if (progress.type === "step") onEvent({ ...progress, type: "run-step", run });
        else if (progress.type === "note") onEvent({ ...progress, type: "run-note", run });
        else {
          const { evalPrompt, done, total } = progress;
          onEvent({ type: "run-evaluating", run, condition: named(evalPrompt), done, total });
        }
      },
    },
  );
  if (result.kind !== "run") throw new InoculateError("a run answers as a run");
  return result.finished;
}
