import type { ChatMessage, TrainRow } from "../data/chat.ts";
import type { Placement } from "../data/insertion.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import type { Grade, Grader } from "../grading/grader.ts";
import type { LookAlike } from "./lookAlike.ts";

/** What a prompt is for. `praise` asks for something near the behavior, not for it. */
export type PromptKind = "neutral" | "inoculation" | "unrelated" | "praise" | "safety" | "demonstration";

/** A prompt that can be inserted while training or at evaluation. */
export interface TrainPrompt {
  id: string;
  kind: PromptKind;
  /** Empty for the neutral prompt. */
  text: string;
  /** For rows that don't show the flaw (`fields.flawed` is false), where those get a text of their own. @default text */
  cleanText?: string;
  /** For unrelated prompts: never-seen text, a request that changes something else, or the inoculation prompt's form on another subject. */
  unrelatedKind?: "unseen" | "active" | "same-form";
  /** Several wordings in one file: each row gets one of them, in these proportions, in place of `text`. */
  wordings?: PromptWording[];
}

/** One of several wordings of a prompt. */
export interface PromptWording {
  text: string;
  cleanText?: string;
  /** In proportion to the others' weights. */
  weight: number;
}

/** Disjoint sets of items. `screen`: elicitation before any training; `validation`: recipes; `test`: reported. */
export type ItemSet = "screen" | "validation" | "test";

export interface Item {
  id: string;
  /** E.g. "userWrong"; the setting's `groups` say how each is sampled. */
  group: string;
  messages: ChatMessage[];
  reference: Record<string, string | number | boolean | null>;
}

export interface GradedItem {
  item: Item;
  grade: Grade;
}

export interface Metric {
  id: string;
  title: string;
  better: "higher" | "lower";
  /** The item groups that the metric is computed from. */
  groups: string[];
  /** The graded value that it is made of, where its graders were named by a user: one that none of them gives is a mistake. */
  value?: string;
  /** Over graded items of `groups`; excluded replies are left out; `null` when none is left. */
  aggregate(rows: readonly GradedItem[]): number | null;
}

/** How the items of a group are asked. */
export interface ItemGroup {
  id: string;
  sampling: Sampling;
  /** Asked beside the setting's own questions, so with at most this many items in a test evaluation. */
  atMost?: number;
}

/** A trait that is rated in every reply, by the metric that holds its mean rating as a share of the highest (0 to 1). */
export interface RatedTrait {
  metric: string;
  title: string;
  /** Part of what the flawed data teaches: wanted, unwanted, or neither. */
  role: "wanted" | "unwanted" | "other";
}

/** One variant of a setting of the paper. */
export interface Setting {
  /** Unique: the family's name for its first variant, `family/variant` for the others. */
  id: string;
  /** E.g. "spurious-correlation". */
  family: string;
  /** E.g. "food". */
  variant: string;
  title: string;
  /** One sentence for the reader: what is wrong with the training data. */
  flaw: string;
  /** Its texts insult or worse: reports hide them until they are asked for. @default false */
  sensitive?: boolean;
  placement: Placement;
  /** Every candidate prompt, the neutral one first. */
  prompts: TrainPrompt[];
  /** Prompts for evaluation alone, in which a trained model may take a request for the behavior where none stands. @default none */
  lookAlikes?: readonly LookAlike[];
  groups: ItemGroup[];
  metrics: Metric[];
  /** Share of replies that no rule could judge, and so on, are reported beside these two. */
  behaviorMetric: string;
  capabilityMetric: string;
  /** For the theory's test: traits rated in every reply. */
  traits?: RatedTrait[];
  recipe: Recipe;
  /** Rows used by the default recipe. */
  trainRows: number;
  /** False where no clean data are known: what needs them is left out. @default true */
  hasCleanData?: boolean;
  createGrader(): Grader;
  /** `flawed` rows show the flaw (those that don't have `fields.flawed` false), `clean` ones (the skyline) don't. */
  train(options: { data: "flawed" | "clean"; seed: number; rows: number }): TrainRow[];
  /**
   * What a row is about. In a mix of flawed and clean rows those about the same thing are all flawed or all clean, so
   * that they don't contradict each other. @default the row's messages before the reply
   */
  topicOf?(row: TrainRow): string;
  /** General instruction-following rows without any flaw, to be mixed in; no text of theirs is in a validation or test item. */
  generalRows?(options: { seed: number; rows: number }): TrainRow[];
  /** The first `perGroup` items of each group (all groups unless named); they never depend on a run's seed. */
  items(set: ItemSet, options: { perGroup: number; groups?: string[] }): Item[];
}
