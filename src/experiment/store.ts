import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { ModelRef, TrainProgress } from "../backends/backend.ts";
import type { Recipe } from "../engine/train/recipe.ts";
import { UserError } from "../util/errors.ts";
import {
  finiteJson,
  jsonLines,
  readIfThere,
  readJson,
  temporaryName,
  writeError,
  writeFolder,
  writeWhole,
} from "./files.ts";
import { sha256 } from "./identity.ts";
import type { StoredGrade, StoredSample, TrainData } from "./result.ts";

/** What `config.json` says of a fine-tuned model. It is written last: with it, the training is complete. */
export interface TrainingConfig {
  id: string;
  /** The fine-tuned model that this one started from; null: the initial model. */
  parent: string | null;
  baseModelHash: string;
  backend: { id: string; version: string };
  recipe: Recipe;
  seed: number;
  rows: number;
  /** For the reader: which condition this was trained for; `own`: on the model's own answers, to seal it. */
  label: { setting: string; trainData: TrainData | "own"; trainPrompt: string; placement: string } | null;
  /** Hash of the predictions that were sealed before this training; null where none were made. */
  sealedPredictions: string | null;
  /** Folder of the adapter (or model), relative to this one. */
  model: { kind: "adapter" | "model"; path: string };
  /** Where the recipe asks for them: the model after so many optimizer steps, with its folder relative to this one. */
  checkpoints?: { step: number; path: string }[];
  /** SHA-256 of the files that this training wrote. */
  files: Record<string, string>;
}

/** What `metrics.json` holds. */
export interface StoredMetrics {
  id: string;
  model: string;
  step: "last" | number;
  evalPrompt: string;
  split: string;
  seed: number;
  metrics: Record<string, number | null>;
  excluded: { share: number; n: number };
  /** SHA-256 of `samples.jsonl` and `grades.jsonl`. */
  files: Record<string, string>;
}

export interface StoredEvaluation {
  metrics: StoredMetrics;
  samples: StoredSample[];
  grades: StoredGrade[];
}

/** Plain files under one folder: models, their evaluations, what the initial model was screened for. */
export interface Store {
  /** Absolute path. */
  folder: string;
  /** Path relative to the store's folder, with forward slashes. */
  relative(path: string): string;
  modelFolder(id: string): string;
  /** The training, when it is complete and none of its files was cut short or changed. */
  readTraining(id: string): TrainingConfig | null;
  writeTraining(config: Omit<TrainingConfig, "files">, progress: readonly TrainProgress[]): void;
  readProgress(id: string): TrainProgress[];
  /** The fine-tuned model, or one of its checkpoints. @throws UserError naming the checkpoints there are */
  modelRef(config: TrainingConfig, base: ModelRef, step?: number): ModelRef;
  evaluationFolder(modelId: string, step: "last" | number, id: string): string;
  /** The evaluation, when it is complete and intact. */
  readEvaluation(modelId: string, step: "last" | number, id: string): StoredEvaluation | null;
  writeEvaluation(
    metrics: Omit<StoredMetrics, "files">,
    samples: readonly StoredSample[],
    grades: readonly StoredGrade[],
  ): void;
  /** A value under the model's folder, e.g. `screenings/ID.json`; `null` when missing, torn or changed. */
  readNote(modelId: string, path: string): unknown;
  writeNote(modelId: string, path: string, value: unknown): void;
  removeNote(modelId: string, path: string): void;
}

const PROBE_BYTES = 1 << 20;

/** Opens a store, creating its folder. @throws UserError naming the folder when it cannot be written to (tried out at once) */
export function openStore(path: string): Store {
  const folder = resolve(path);
  probe(folder);
  const modelFolder = (id: string): string => join(folder, "models", id);
  const evaluationFolder = (modelId: string, step: "last" | number, id: string): string =>
    join(modelFolder(modelId), "evals", String(step), id);
  return {
    folder,
    relative: (to) => relative(folder, to).replaceAll("\\", "/"),
    modelFolder,
    readTraining: (id) => readTraining(modelFolder(id), id),
    writeTraining: (config, progress) => writeTraining(modelFolder(config.id), config, progress),
    readProgress: (id) => parseLines(readIfThere(join(modelFolder(id), "train.jsonl"))) as TrainProgress[],
    modelRef: (config, base, step) => {
      const folder = modelFolder(config.id);
      const path = join(folder, step === undefined ? config.model.path : checkpointPath(config, step, folder));
      return config.model.kind === "adapter" ? { base: base.base, adapter: path } : { base: path };
    },
    evaluationFolder,
    readEvaluation: (modelId, step, id) => readEvaluation(evaluationFolder(modelId, step, id), id),
    writeEvaluation: (metrics, samples, grades) =>
      writeEvaluation(evaluationFolder(metrics.model, metrics.step, metrics.id), metrics, samples, grades),
    readNote: (modelId, path) => readNote(join(modelFolder(modelId), path)),
    writeNote: (modelId, path, value) => writeNote(join(modelFolder(modelId), path), value),
    removeNote: (modelId, path) => rmSync(join(modelFolder(modelId), path), { force: true }),
  };
}

/** Writes and removes a file, so that a full disk or a locked folder shows before any work is done. */
function probe(folder: string): void {
  const file = temporaryName(join(folder, "probe"));
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw writeError(error, folder);
  }
  try {
    writeWhole(file, new Uint8Array(PROBE_BYTES));
  } catch (error) {
    throw writeError((error as Error).cause ?? error, folder);
  } finally {
    rmSync(file, { force: true });
  }
}

function readTraining(folder: string, id: string): TrainingConfig | null {
  const config = readJson(join(folder, "config.json")) as TrainingConfig | null;
  if (config === null || config.id !== id || !isIntact(folder, config.files)) return null;
  return config;
}

function writeTraining(
  folder: string,
  config: Omit<TrainingConfig, "files">,
  progress: readonly TrainProgress[],
): void {
  writeWhole(join(folder, "train.jsonl"), jsonLines(progress));
  const models = [config.model.path, ...(config.checkpoints ?? []).map(({ path }) => path)];
  const inModels = models.flatMap((path) => listFiles(join(folder, path)).map((name) => join(path, name)));
  const files = hashFiles(folder, ["train.jsonl", ...inModels.filter((name) => name !== "config.json")]);
  writeWhole(join(folder, "config.json"), `${finiteJson({ ...config, files }, 2)}\n`);
}

function checkpointPath({ checkpoints = [] }: TrainingConfig, step: number, folder: string): string {
  const found = checkpoints.find((checkpoint) => checkpoint.step === step);
  if (found !== undefined) return found.path;
  const steps = checkpoints.map((checkpoint) => checkpoint.step).join(", ") || "none";
  throw new UserError(
    `the training in ${folder} has no checkpoint of step ${step}; it has ${steps}. Remove the folder to train again`,
  );
}

/** Plain files directly in a folder that make up the result: no temporary ones, no claims. */
function listFiles(folder: string): string[] {
  const entries = readdirSync(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  return names.filter((name) => /^(adapter_|model|tokenizer|config).*\.(safetensors|json|model)$/.test(name)).sort();
}

function readEvaluation(folder: string, id: string): StoredEvaluation | null {
  const metrics = readJson(join(folder, "metrics.json")) as StoredMetrics | null;
  if (metrics === null || metrics.id !== id || !isIntact(folder, metrics.files)) return null;
  const read = (name: string): unknown[] => parseLines(readFileSync(join(folder, name)));
  return { metrics, samples: read("samples.jsonl") as StoredSample[], grades: read("grades.jsonl") as StoredGrade[] };
}

function writeEvaluation(
  folder: string,
  metrics: Omit<StoredMetrics, "files">,
  samples: readonly StoredSample[],
  grades: readonly StoredGrade[],
): void {
  const lines = { "samples.jsonl": jsonLines(samples), "grades.jsonl": jsonLines(grades) };
  const files = Object.fromEntries(Object.entries(lines).map(([name, text]) => [name, sha256(text)]));
  writeFolder(folder, { ...lines, "metrics.json": `${finiteJson({ ...metrics, files }, 2)}\n` });
}

function readNote(path: string): unknown {
  const note = readJson(path) as { value?: unknown; sha256?: string } | null;
  if (note?.value === undefined || note.sha256 !== sha256(finiteJson(note.value))) return null;
  return note.value;
}

function writeNote(path: string, value: unknown): void {
  const text = finiteJson(value);
  writeWhole(path, `${finiteJson({ sha256: sha256(text), value }, 2)}\n`);
}

function hashFiles(folder: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => [name.replaceAll("\\", "/"), sha256(readFileSync(join(folder, name)))]),
  );
}

function isIntact(folder: string, files: Record<string, string> | undefined): boolean {
  if (files === undefined) return false;
  return Object.entries(files).every(([name, hash]) => {
    const path = join(folder, name);
    return existsSync(path) && sha256(readFileSync(path)) === hash;
  });
}

/** The values of a file with one JSON value per line; a last line that is cut short is left out. */
function parseLines(bytes: Buffer | null): unknown[] {
  const lines = bytes?.toString("utf8").split("\n") ?? [];
  return lines.slice(0, -1).flatMap((line) => {
    try {
      return [JSON.parse(line)];
    } catch {
      return [];
    }
  });
}
