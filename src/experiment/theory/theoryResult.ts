import type { RatedTrait, TrainPrompt } from "../../settings/setting.ts";
import type { InoculationFactor } from "../../stats/inoculationFactor.ts";
import type { Estimate } from "../result.ts";

/** A trait with its mean level (0 to 1) in the flawed data, T*, and in the initial model under the neutral prompt. */
export interface TheoryTrait extends RatedTrait {
  dataLevel: number;
  initialLevel: number;
}

/** What training with one prompt did to one trait. T(M, C): the trait's level in model M under eval prompt C. */
export interface TheoryPoint {
  prompt: string;
  kind: TrainPrompt["kind"];
  /** Metric of the trait. */
  trait: string;
  role: RatedTrait["role"];
  /** T(M_0, p): what the prompt elicits before training. */
  elicited: Estimate;
  /** k's numerator and the measured effect: T(M_p, neutral) - T(M_0, neutral). */
  neutralChange: Estimate;
  /** k's denominator: T(M_p, p) - T(M_0, p). */
  promptedChange: Estimate;
  /** The denominator's interval leaves 0 out, so the point counts for k. */
  kept: boolean;
  /** k (T* - T(M_0, p)), the effect that equation 4 predicts; `null` without k. */
  predicted: number | null;
  /** The prompt elicits more of a taught trait than the data holds: all of T(M_0, p)'s interval is above T*. */
  overInoculated: boolean;
}

/** Agreement of predicted and measured effects. */
export interface TheoryFit {
  /** Points compared. */
  n: number;
  pearson: number | null;
  pearsonInterval: [number, number] | null;
  /** Mean distance from the diagonal, in levels. */
  meanAbsoluteError: number | null;
}

/** One inoculation prompt as equation 5 weighs it before training, and what came of it. */
export interface TheoryChoice {
  prompt: string;
  /** T* - T(M_0, p) of the unwanted trait: what training would still teach of it; negative: too much was elicited. */
  unwantedLeft: number;
  /** T(M_0, p) - T(M_0, neutral) of the wanted trait: what training would no longer teach of it. */
  wantedMoved: number;
  /** |unwantedLeft| + |wantedMoved|: the least is chosen. */
  cost: number;
  /** Levels after training with it, in the neutral context, on the test split; `null` where it was not trained with. */
  outcome: { unwanted: number | null; wanted: number | null };
}

/** The theory's test on one pair of traits. */
export interface TheoryResult {
  traits: TheoryTrait[];
  points: TheoryPoint[];
  /** k over every trained prompt but the neutral one, and over the inoculation prompts alone. */
  factor: { all: InoculationFactor; inoculation: InoculationFactor };
  /** With k of all prompts. `taught`: only the pair's two traits, the others have little to move. */
  fit: { all: TheoryFit; taught: TheoryFit };
  /** All inoculation prompts, the cheapest first; weighed on the screen split, before training. */
  choices: TheoryChoice[];
  /** One-sided: the highest elicitation of the unwanted trait, as screening selects. Two-sided: the least cost. */
  chosen: { oneSided: string | null; twoSided: string | null };
  seeds: number;
  /** Items behind each level. */
  items: number;
}
