import { type EvaluatedModel, type EvaluateSpec, evaluateModel } from "./evaluateModel.ts";
import { type SealedModel, type SealSpec, sealModel } from "./leak/sealModel.ts";
import type { RunSpec } from "./materials.ts";
import type { RunHooks } from "./run.ts";
import { type FinishedRun, type Parts, run } from "./run.ts";
import { type ScoreSpec, type Scores, score } from "./score.ts";

/** A piece of work for a worker process: plain data. */
export type Job =
  | { kind: "run"; spec: RunSpec }
  | { kind: "score"; spec: ScoreSpec }
  | { kind: "evaluate"; spec: EvaluateSpec }
  | { kind: "seal"; spec: SealSpec };

export type JobResult =
  | { kind: "run"; finished: FinishedRun }
  | { kind: "score"; scores: Scores | null }
  | { kind: "evaluate"; evaluated: EvaluatedModel }
  | { kind: "seal"; sealed: SealedModel };

/** What a worker tells while it works on a job. */
export type JobProgress =
  | { type: "step"; step: number; steps: number; loss: number }
  | { type: "note"; message: string }
  | { type: "evaluating"; evalPrompt: string; done: number; total: number };

/** Does a job in this process. */
export async function runJob(
  job: Job,
  parts: Parts,
  onProgress: (progress: JobProgress) => void,
  signal?: AbortSignal,
): Promise<JobResult> {
  if (job.kind === "score") return { kind: "score", scores: await score(job.spec, parts, { signal }) };
  const hooks = hooksOf(onProgress, signal);
  if (job.kind === "evaluate") return { kind: "evaluate", evaluated: await evaluateModel(job.spec, parts, hooks) };
  if (job.kind === "seal") return { kind: "seal", sealed: await sealModel(job.spec, parts, hooks) };
  return { kind: "run", finished: await run(job.spec, parts, hooks) };
}

function hooksOf(onProgress: (progress: JobProgress) => void, signal: AbortSignal | undefined): RunHooks {
  let told = -1;
  return {
    signal,
    onNote: (message) => onProgress({ type: "note", message }),
    onStep: ({ step, steps, loss }) => onProgress({ type: "step", step, steps, loss }),
    onEvaluating: ({ evalPrompt }, done, total) => {
      const tenth = Math.floor((done * 10) / total);
      if (tenth !== told || done === total) onProgress({ type: "evaluating", evalPrompt: evalPrompt.id, done, total });
      told = tenth;
    },
  };
}
