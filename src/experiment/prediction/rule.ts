import type { ScreenedPoint } from "../result.ts";

/**
 * How training turns what a prompt elicits into what it prevents. The uncalibrated rule has no parameter to fit: gate 0,
 * curve 1, shift 0, contrast 0, end 1, slope 0.
 */
export interface RuleParameters {
  /** Share that any prompt prevents, because training and test prompts differ. 0 to 1. */
  gate: number;
  /** Exponent of the share that the prompt leaves to learn. */
  curve: number;
  /** Exponent of the share of the skill that the prompt leaves in place. */
  shift: number;
  /** How fast what is left to learn falls with the prompt's loss contrast, per nat a token. */
  contrast: number;
  /** Share of the data's behavior that usual training teaches, on a model which the strongest candidate moves by `usualGain`. */
  end: number;
  /** How much more of it a model learns that the strongest candidate moves further. */
  slope: number;
  usualGain: number;
}

export const uncalibrated: RuleParameters = {
  gate: 0,
  curve: 1,
  shift: 0,
  contrast: 0,
  end: 1,
  slope: 0,
  usualGain: 0,
};

/** Fewer candidates don't tell how far a model can be moved. */
const LEAST_CANDIDATES = 3;

/** What the rule needs to know of one prompt on one initial model. */
export interface Screened {
  /** Behavior of the initial model under the neutral prompt, and in the flawed data. */
  neutral: number;
  dataLevel: number;
  /** Behavior of the initial model under this prompt. */
  elicited: number;
  /** How far this prompt moves the skill, in either direction. */
  moved: number;
  /** How much more of the flawed replies than of the clean ones the prompt explains, nats a token; 0 where not known. */
  contrast: number;
  /** The largest elicitation gain of the candidates; null: too few were screened to know. */
  strongest: number | null;
}

/** What screening says of each prompt but the neutral one, in the rule's terms. */
export function screenedOf<Point extends ScreenedPoint>(
  points: readonly Point[],
  dataLevel: number,
): { point: Point; screened: Screened }[] {
  const neutral = points.find((point) => point.kind === "neutral")?.elicitationRate ?? 0;
  const gains = points.filter(({ kind }) => kind === "inoculation").map(({ elicitationGain }) => elicitationGain);
  const strongest = gains.length < LEAST_CANDIDATES ? null : Math.max(...gains);
  return points
    .filter((point) => point.kind !== "neutral")
    .map((point) => ({
      point,
      screened: {
        neutral,
        dataLevel,
        elicited: point.elicitationRate,
        moved: Math.abs(point.capabilityShift ?? 0),
        contrast: Math.max(0, point.lossContrast ?? 0),
        strongest,
      },
    }));
}

/**
 * Share that training with the prompt prevents. What the prompt brings about already, (p - n) / (d - n), training need
 * not teach (equation 4 of the trait-pair theory with k = 1); what is left shrinks by the gate, as far as the prompt leads
 * the model away from the skill (equation 5), and with what it explains of the flawed replies alone.
 */
export function preventedBy({ neutral, dataLevel, elicited, moved, contrast }: Screened, rule: RuleParameters): number {
  const induced = dataLevel - neutral;
  const share = induced <= 0 ? 0 : clamp((elicited - neutral) / induced);
  const unexplained = Math.exp(-rule.contrast * contrast);
  return 1 - (1 - rule.gate) * (1 - share) ** rule.curve * (1 - clamp(moved)) ** rule.shift * unexplained;
}

/** Behavior under the neutral prompt after usual training. */
export function endOf({ neutral, dataLevel, strongest }: Screened, rule: RuleParameters): number {
  const learnt = clamp(rule.end + (strongest === null ? 0 : rule.slope * (strongest - rule.usualGain)));
  return neutral + Math.max(0, dataLevel - neutral) * learnt;
}

/** Behavior under the neutral prompt after training with the prompt. */
export function behaviorAfter(screened: Screened, rule: RuleParameters): number {
  const { neutral } = screened;
  return neutral + (endOf(screened, rule) - neutral) * (1 - preventedBy(screened, rule));
}

/** Holds a share between 0 and 1. */
export const clamp = (value: number): number => Math.min(1, Math.max(0, value));
