import type { ChatMessage } from "../data/chat.ts";
import type { TrainPrompt } from "../settings/setting.ts";
import type { ConditionKey, PromptRef, ScreeningPoint, SealedPredictions, SettingResult, TrainData } from "./result.ts";

/** One fine-tuning to do (or, with `trainData: "none"`, the initial model's evaluations). */
export interface RunRef {
  /** Unique within the whole `reproduce`, e.g. `sycophancy/flawed/behave-correct/seed-1`. */
  id: string;
  setting: string;
  trainData: TrainData;
  trainPrompt: PromptRef;
  /** 0 for the initial model. */
  seed: number;
}

/** Metrics of one finished evaluation, on the test split. */
export interface FinishedEvaluation {
  condition: ConditionKey;
  seed: number;
  metrics: Record<string, number | null>;
  /** Share of replies that no grader could judge. */
  excluded: number;
  /** Path of `samples.jsonl`, relative to the store's folder. */
  samples: string;
}

/**
 * What `reproduce` tells while it works. Order per setting: `plan` (provisional), `screening` (often), `screened`,
 * `plan` (final), then runs in parallel (`run-started`, `run-step`, `run-evaluating`, `run-finished`), a `summary`
 * after each, and one `done` at the end of everything.
 */
export type ReproduceEvent =
  | {
      type: "plan";
      /** True before screening: conditions that depend on the selected prompt are still missing. The final plan has them. */
      provisional: boolean;
      setting: string;
      title: string;
      flaw: string;
      /** Rows and replies are hidden until they are asked for. */
      sensitive: boolean;
      behaviorMetric: string;
      capabilityMetric: string;
      prompts: TrainPrompt[];
      /** A few rows of the flawed data, before any prompt is inserted. */
      trainExamples: ChatMessage[][];
      /** Rows of each fine-tuning. */
      trainRows: number;
      conditions: ConditionKey[];
      runs: RunRef[];
      seeds: number[];
      workers: number;
      /** Runs that the store holds already. */
      complete: number;
      /** Absolute path of the store; paths in events and results are relative to it. */
      folder: string;
    }
  | { type: "screening"; setting: string; done: number; total: number }
  | { type: "screened"; setting: string; points: ScreeningPoint[]; sealed: SealedPredictions; reused: boolean }
  | { type: "run-started"; run: RunRef }
  | { type: "run-step"; run: RunRef; step: number; steps: number; loss: number }
  /** Something that the user should know of and need not act on. */
  | { type: "run-note"; run: RunRef; message: string }
  | { type: "run-evaluating"; run: RunRef; condition: string; done: number; total: number }
  | { type: "run-finished"; run: RunRef; evaluations: FinishedEvaluation[]; reused: boolean; seconds: number }
  | { type: "run-failed"; run: RunRef; message: string; willRetry: boolean }
  | { type: "estimate"; done: number; total: number; secondsLeft: number | null }
  /** Results so far; not after every run, where many are quick. */
  | { type: "summary"; result: SettingResult }
  | { type: "done"; results: SettingResult[]; seconds: number };

export type OnEvent = (event: ReproduceEvent) => void;
