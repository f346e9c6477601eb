import type { ChatMessage, TrainRow } from "../data/chat.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { StepReport, TrainingWork } from "../engine/train/train.ts";

/** A model: a base (for `local`, a Hugging Face folder) and, when fine-tuned with adapters, an adapter on it (a PEFT folder). */
export interface ModelRef {
  base: string;
  adapter?: string;
}

/** What happened in one optimizer step. */
export interface TrainProgress extends Omit<StepReport, "rowsSeen" | "positions"> {
  /** Positions that were computed so far, padding included; absent where the backend does not tell. */
  positions?: number;
}

export interface Checkpoint {
  step: number;
  rowsSeen: number;
  model: ModelRef;
}

export interface Completion {
  text: string;
  tokens: number;
  finishReason: "stop" | "length";
}

/** What a fine-tuning was done in. */
export interface Finetuned {
  model: ModelRef;
  checkpoints: Checkpoint[];
  /** Absent: not known, the work is done elsewhere. */
  work?: TrainingWork;
}

export interface WorkOptions {
  signal?: AbortSignal;
}

/** Keeps the state of an unfinished training, so that the same call goes on from there after a kill. */
export interface KeepOptions {
  /** For the state alone. Created when missing; whoever asked for it removes it once the finished model is safe. */
  folder: string;
  /** Seconds between two saves at least; 0: after every step. Large states are saved less often. @default 30 */
  everySeconds?: number | undefined;
  /** Called before the first step where the training goes on: all steps that were made before. */
  onResume?: (made: readonly TrainProgress[]) => void;
  /** One line when a state is of no use, or could not be saved. */
  onNote?: (line: string) => void;
}

export interface FinetuneOptions extends WorkOptions {
  seed: number;
  /** Where the adapter (or model) and the checkpoints are written. Created when missing. */
  folder: string;
  /**
   * Whether or not a training is kept, stopped and gone on with, its result is the same. A backend that cannot keep
   * states leaves this aside. @default nothing is kept
   */
  keep?: KeepOptions;
  onProgress?: (progress: TrainProgress) => void;
  /** One line about how the work is done. */
  onNote?: (line: string) => void;
}

export interface SampleOptions extends WorkOptions {
  seed: number;
  /** One per prompt; with the seed and the step they key the random numbers. */
  ids: readonly string[];
  onProgress?: (done: number, total: number) => void;
}

/** Fine-tune, sample and score, whatever does the work. */
export interface Backend {
  id: string;
  /** Enters every training identity: a backend whose results can differ must say so here. */
  version(model: ModelRef): Promise<string>;
  /** SHA-256 over the model's weights, config and tokenizer. */
  hash(model: ModelRef): Promise<string>;
  finetune(base: ModelRef, rows: readonly TrainRow[], recipe: Recipe, options: FinetuneOptions): Promise<Finetuned>;
  /** Floating-point operations in a processor second of nothing but matrix products for a model. Absent: not known. */
  matmulRate?(model: ModelRef): Promise<number>;
  /** Replies in the order of the prompts. */
  sample(
    model: ModelRef,
    prompts: readonly ChatMessage[][],
    sampling: Sampling,
    options: SampleOptions,
  ): Promise<Completion[]>;
  /** Summed log-probability of each row's last message given what stands before it. Absent: cannot screen by loss. */
  score?(
    model: ModelRef,
    rows: readonly ChatMessage[][],
    options: WorkOptions,
  ): Promise<{ logProb: number; tokens: number }[]>;
  close(): Promise<void>;
}
