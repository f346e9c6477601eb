import { createHash } from "node:crypto";
import type { ChatMessage, TrainRow } from "../data/chat.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Item } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";

/** JSON with sorted keys and no spaces: equal values give equal text. Absent and `undefined` fields are the same. @throws on NaN and infinities */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry ?? null)).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    fields.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(",")}}`;
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new InoculateError(`${value} cannot be stored: every number in the store is finite`);
  }
  const text = JSON.stringify(value);
  if (text === undefined) throw new InoculateError(`a ${typeof value} cannot be stored as JSON`);
  return text;
}

/** SHA-256 as 64 hexadecimal digits. Never cut short: shortened names collide. */
export function sha256(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("hex");
}

/** SHA-256 over the canonical JSON of a value. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** All that decides the weights of a fine-tuned model. Nothing of its evaluation. */
export interface TrainingIdentity {
  backend: { id: string; version: string };
  /** Hash of the model's weights, config and tokenizer before this fine-tuning. */
  baseModelHash: string;
  /** The rows as trained on: after the prompt was inserted. */
  rows: readonly TrainRow[];
  recipe: Recipe;
  seed: number;
}

/** Name of a fine-tuned model in the store. */
export function trainingId(identity: TrainingIdentity): string {
  const { rows, ...rest } = identity;
  return hashOf({ kind: "training", ...rest, rows: hashOf(rows) });
}

/** All that decides the replies and grades of a model. */
export interface EvaluationIdentity {
  /** Training identity, or the hash of the initial model. */
  model: string;
  step: "last" | number;
  /** The items with the messages as the model sees them: after the prompt was inserted. */
  items: readonly Item[];
  samplings: Record<string, Sampling>;
  grader: { id: string; version: string };
  backend: { id: string; version: string };
  seed: number;
}

/** Name of an evaluation in the store. */
export function evaluationId(identity: EvaluationIdentity): string {
  const { items, ...rest } = identity;
  return hashOf({ kind: "evaluation", ...rest, items: hashOf(items) });
}

/** Name of an evaluation's replies, whoever grades them. */
export function repliesId({ grader: _, items, ...rest }: EvaluationIdentity): string {
  return hashOf({ kind: "replies", ...rest, items: hashOf(items) });
}

/** Name of a set of log-probabilities in the store. */
export function scoreId(identity: {
  model: string;
  backend: { id: string; version: string };
  chats: readonly ChatMessage[][];
}): string {
  return hashOf({ kind: "score", ...identity });
}
