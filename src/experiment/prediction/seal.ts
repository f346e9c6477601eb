import { join } from "node:path";
import { UserError } from "../../util/errors.ts";
import { finiteJson, readIfThere, readJson, writeWhole } from "../files.ts";
import { hashOf } from "../identity.ts";
import { once } from "../once.ts";
import type { ScreenedPoint, SealedPredictions } from "../result.ts";
import type { Store } from "../store.ts";
import { type Calibrations, calibrationOf } from "./calibrations.ts";
import { predict } from "./predict.ts";

/** What a seal needs to know of the study that it belongs to. */
interface Sealing {
  setting: { id: string };
  identity: { baseModelHash: string };
  store: Store;
  calibrations: Calibrations;
}

/**
 * Writes the predictions down before any training. Sealed ones are read again, never replaced.
 * @throws UserError when the sealed file was changed, or says something else than screening does now
 */
export async function seal(
  { id, points, dataLevel }: { id: string; points: readonly ScreenedPoint[]; dataLevel: number },
  { setting, identity: { baseModelHash }, store, calibrations }: Sealing,
): Promise<SealedPredictions> {
  const path = join(store.modelFolder(baseModelHash), "predictions", `${id}.json`);
  const seen = calibrations.baseModelHashes.includes(baseModelHash);
  const content = predict(points, dataLevel, { ...calibrationOf(calibrations, setting.id), seen });
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
      "Predictions are made before training and stand: start again in another folder to make new ones, also with another calibration",
  );
}
