import type { Recipe } from "../../src/engine/train/recipe.ts";
import { type Shape, shapes } from "../shapes.ts";

/** How often a side is measured. */
export interface Plan {
  /** Processes of each side; the sides take turns. */
  rounds: number;
  /** Steps at the start of a process that are not counted. */
  warmUp: number;
  measured: number;
}

/** Training steps on one batch of a shape. */
export interface Training {
  kind: "training";
  shape: string;
  method: Recipe["method"];
  plan: Plan;
}

/** Replies to one batch of prompts, all of one length. */
export interface Sampling {
  kind: "sampling";
  shape: string;
  batch: number;
  promptTokens: number;
  newTokens: number;
  plan: Plan;
}

/** One thing that all sides do. */
export type Workload = Training | Sampling;

/** Steps of SmolLM2-135M take seconds, those of the small shapes a tenth of one. */
const isLarge = (shape: string): boolean => shape === "smollm";

/** The workloads on a shape: training of an adapter and of all weights, and sampling. */
export function workloadsOn(shape: string, kinds: readonly Workload["kind"][], rounds = 2): Workload[] {
  const large = isLarge(shape);
  const plan: Plan = { rounds, ...(large ? { warmUp: 1, measured: 1 } : { warmUp: 3, measured: 12 }) };
  const workloads: Workload[] = [
    { kind: "training", shape, method: "lora", plan },
    { kind: "training", shape, method: "full", plan },
    {
      kind: "sampling",
      shape,
      batch: 64,
      promptTokens: 24,
      newTokens: large ? 24 : 40,
      plan: { rounds, warmUp: 1, measured: large ? 1 : 3 },
    },
  ];
  return workloads.filter(({ kind }) => kinds.includes(kind));
}

/** What a measured step is worth: tokens that go through training, or tokens that are sampled. */
export function tokensPerStep(workload: Workload): number {
  if (workload.kind === "sampling") return workload.batch * workload.newTokens;
  const { batch, seq } = shapes[workload.shape] as Shape;
  return batch * seq;
}
