import { join } from "node:path";
import type { TrainPrompt } from "../settings/setting.ts";
import { UserError } from "../util/errors.ts";
import { finiteJson, readIfThere, readJson, writeWhole } from "./files.ts";
import { hashOf } from "./identity.ts";
import { once } from "./once.ts";
import type { Prediction, ScreeningPoint, SealedPredictions } from "./result.ts";
import type { Store } from "./store.ts";

/** What screening measures of a prompt before any training. */
export type ScreenedPoint = Omit<ScreeningPoint, "behaviorAfterTraining">;

/** From this share prevented on, a prompt works. */
const WORKS_FROM = 2 / 3;
/** Under this share prevented, it fails. */
const FAILS_BELOW = 1 / 3;
/** No candidate is selected that might elicit less than this over the neutral prompt. */
const LEAST_GAIN = 0.1;

const RULE =
  "A prompt prevents the share (p - n) / (d - n) of the behavior, where p and n are the initial model's elicitation " +
  "rates under it and under the neutral prompt and d is the behavior's level in the flawed data: what the prompt " +
  "brings about already, training need not teach. From 2/3 on it works, under 1/3 it fails. Selected: the inoculation " +
  "prompt with the highest elicitation rate, less what it surely moves the skill (the end of the 95 % interval next to " +
  "zero; a tie goes to the higher loss contrast), unless the 95 % interval of what it elicits over the neutral prompt " +
  "reaches below 0.1.";

/** The verdict that a share prevented, predicted or measured, stands for. */
export function verdictOf(prevented: number): Prediction["verdict"] {
  if (prevented >= WORKS_FROM) return "works";
  return prevented < FAILS_BELOW ? "fails" : "partly";
}

/**
 * Predicts each prompt's outcome from the initial model and the data alone. The share follows from the finding that
 * training in the neutral context moves the model by what is missing under the train prompt (equation 4 of the
 * trait-pair theory with k = 1).
 *
 * @param dataLevel the behavior's level in the flawed data, 0 to 1
 */
export function predict(
  points: readonly ScreenedPoint[],
  dataLevel: number,
): Pick<SealedPredictions, "rule" | "selected" | "predictions"> {
  const neutral = points.find((point) => point.kind === "neutral")?.elicitationRate ?? 0;
  const induced = dataLevel - neutral;
  const predictions = points
    .filter((point) => point.kind !== "neutral")
    .map(({ prompt, kind, elicitationRate }): Prediction => {
      const share = induced <= 0 ? 0 : (elicitationRate - neutral) / induced;
      const predictedPrevented = Math.min(1, Math.max(0, share));
      const predictedBehavior = neutral + Math.max(0, induced) * (1 - predictedPrevented);
      return { prompt, kind, verdict: verdictOf(predictedPrevented), predictedPrevented, predictedBehavior };
    });
  return { rule: RULE, selected: select(points), predictions };
}

function select(points: readonly ScreenedPoint[]): string | null {
  const candidates = points.filter((point) => point.kind === "inoculation");
  const worth = (point: ScreenedPoint): number => point.elicitationRate - sureShift(point);
  const best = candidates.toSorted((a, b) => worth(b) - worth(a) || (b.lossContrast ?? 0) - (a.lossContrast ?? 0))[0];
  return best === undefined || best.elicitationGainInterval[0] < LEAST_GAIN ? null : best.prompt;
}

/**
 * How far the prompt surely moves the skill, in either direction. A prompt should leave the skill where it is, so that
 * training still has to teach it (equation 5 of the trait-pair theory).
 */
function sureShift({ capabilityShiftInterval }: ScreenedPoint): number {
  const [low, high] = capabilityShiftInterval ?? [0, 0];
  return low > 0 ? low : high < 0 ? -high : 0;
}

/**
 * Writes the predictions down before any training. Sealed ones are read again, never replaced.
 * @throws UserError when the sealed file was changed, or says something else than screening does now
 */
export async function seal(
  { id, points, dataLevel }: { id: string; points: readonly ScreenedPoint[]; dataLevel: number },
  { store, baseModelHash }: { store: Store; baseModelHash: string },
): Promise<SealedPredictions> {
  const path = join(store.modelFolder(baseModelHash), "predictions", `${id}.json`);
  const content = predict(points, dataLevel);
  const hash = hashOf(content);
  const read = (): SealedPredictions | null => {
    if (readIfThere(path) === null) return null;
    const sealed = readJson(path) as SealedPredictions | null;
    if (sealed === null) throw refused(path, "it cannot be read");
    const { rule, selected, predictions } = sealed;
    if (hashOf({ rule, selected, predictions }) !== sealed.hash)
      throw refused(path, "it was changed after it was sealed");
    if (sealed.hash !== hash) throw refused(path, "screening now predicts something else");
    return sealed;
  };
  const make = async (): Promise<SealedPredictions> => {
    const sealed: SealedPredictions = { hash, sealedAt: new Date().toISOString(), ...content };
    writeWhole(path, `${finiteJson(sealed, 2)}\n`);
    return sealed;
  };
  return (await once(`${path}.claim`, read, make)).value;
}

function refused(path: string, why: string): UserError {
  return new UserError(
    `the predictions sealed in ${path} are refused: ${why}. ` +
      "Predictions are made before training and stand: start again in another folder to make new ones",
  );
}

/** The kinds of prompts that are screened: all that a model may be trained with. */
export const screenedKinds: readonly TrainPrompt["kind"][] = [
  "neutral",
  "inoculation",
  "unrelated",
  "praise",
  "demonstration",
];
