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
  "A prompt prevents the share (p - n) / (1 - n) of the behavior, where p and n are the initial model's elicitation " +
  "rates under it and under the neutral prompt: what the prompt brings about already, training need not teach. " +
  "From 2/3 on it works, under 1/3 it fails. Selected: the inoculation prompt with the highest elicitation rate " +
  "(a tie goes to the higher loss gain), unless the 95 % interval of what it elicits over the neutral prompt reaches below 0.1.";

/** The verdict that a share prevented, predicted or measured, stands for. */
export function verdictOf(prevented: number): Prediction["verdict"] {
  if (prevented >= WORKS_FROM) return "works";
  return prevented < FAILS_BELOW ? "fails" : "partly";
}

/**
 * Predicts each prompt's outcome from the initial model alone. The share follows from the finding that training in the
 * neutral context moves the model by what is missing under the train prompt (equation 4 of the trait-pair theory with
 * k = 1, flawed data that always shows the behavior).
 */
export function predict(
  points: readonly ScreenedPoint[],
): Pick<SealedPredictions, "rule" | "selected" | "predictions"> {
  const neutral = points.find((point) => point.kind === "neutral")?.elicitationRate ?? 0;
  const predictions = points
    .filter((point) => point.kind !== "neutral")
    .map(({ prompt, kind, elicitationRate }): Prediction => {
      const share = neutral >= 1 ? 0 : (elicitationRate - neutral) / (1 - neutral);
      const predictedPrevented = Math.min(1, Math.max(0, share));
      return { prompt, kind, verdict: verdictOf(predictedPrevented), predictedPrevented };
    });
  return { rule: RULE, selected: select(points), predictions };
}

function select(points: readonly ScreenedPoint[]): string | null {
  const candidates = points.filter((point) => point.kind === "inoculation");
  const best = candidates.toSorted(
    (a, b) => b.elicitationRate - a.elicitationRate || (b.lossGain ?? 0) - (a.lossGain ?? 0),
  )[0];
  return best === undefined || best.elicitationGainInterval[0] < LEAST_GAIN ? null : best.prompt;
}

/**
 * Writes the predictions down before any training. Sealed ones are read again, never replaced.
 * @throws UserError when the sealed file was changed, or says something else than screening does now
 */
export async function seal(
  points: readonly ScreenedPoint[],
  { store, baseModelHash, screeningId }: { store: Store; baseModelHash: string; screeningId: string },
): Promise<SealedPredictions> {
  const path = join(store.modelFolder(baseModelHash), "predictions", `${screeningId}.json`);
  const content = predict(points);
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
