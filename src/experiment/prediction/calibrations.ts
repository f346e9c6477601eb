import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { UserError } from "../../util/errors.ts";

const rule = z.strictObject({
  gate: z.number(),
  curve: z.number(),
  shift: z.number(),
  contrast: z.number(),
  end: z.number(),
  slope: z.number(),
  usualGain: z.number(),
});

const calibration = z.strictObject({
  /** The parameters of the rule. */
  rule,
  /** Ends of the middle nine tenths of behavior minus prediction, each on a base model (or setting) that was left out of the fit. */
  errors: z.tuple([z.number(), z.number()]),
  /** Mean of their absolute values. */
  meanAbsoluteError: z.number(),
  bases: z.number(),
  prompts: z.number(),
});

const calibrations = z.strictObject({
  /** The base models that were trained, by hash. */
  baseModelHashes: z.array(z.string()),
  /** By the setting's id. */
  settings: z.record(z.string(), calibration),
  /** Over all those settings, for any other one. */
  other: calibration,
});

/** What trainings of other models taught about a setting. */
export type Calibration = z.infer<typeof calibration>;
export type Calibrations = z.infer<typeof calibrations>;

/** What predictions of a setting are calibrated with. */
export function calibrationOf({ settings, other }: Calibrations, settingId: string): Calibration {
  return settings[settingId] ?? other;
}

/** What other embedded models taught; the one that comes with this package is not among them. */
const embedded = new URL("../../../models/calibration.json", import.meta.url);

/** @param path of a file that `calibrate` wrote. @default what other embedded models taught. @throws UserError where the file cannot be read or is none that `calibrate` wrote */
export function readCalibrations(path = fileURLToPath(embedded)): Calibrations {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new UserError(`cannot read the calibration ${path}: write one with "inoculate calibrate"`, { cause: error });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new UserError(`the calibration ${path} is no JSON: write it again with "inoculate calibrate"`, {
      cause: error,
    });
  }
  const read = calibrations.safeParse(content);
  if (read.success) return read.data;
  const { path: where, message } = read.error.issues[0] as z.core.$ZodIssue;
  throw new UserError(
    `the calibration ${path} is not as "inoculate calibrate" writes it: ${where.join(".") || "the whole"}: ${message}`,
  );
}
