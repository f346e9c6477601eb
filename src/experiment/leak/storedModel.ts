import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { type Recipe, recipeSchema } from "../../engine/train/recipe.ts";
import { UserError } from "../../util/errors.ts";
import type { NamedModel } from "../evaluateModel.ts";
import { readJson } from "../files.ts";
import type { Study } from "../screen.ts";

/** What is read of a training's `config.json`. */
const configSchema = z.looseObject({
  id: z.string(),
  parent: z.string().nullable(),
  baseModelHash: z.string(),
  recipe: recipeSchema,
  seed: z.int(),
  rows: z.int(),
  label: z.looseObject({ setting: z.string(), trainPrompt: z.string() }).nullable(),
  model: z.looseObject({ kind: z.enum(["adapter", "model"]), path: z.string() }),
});

type StoredConfig = z.infer<typeof configSchema>;

/** A fine-tuned model that is given by its folder. */
export interface StoredModel {
  model: NamedModel;
  /** The prompt that it was trained with: an id, or a text. */
  trainPrompt: string;
  /** How its first training was done, where its folder says so. */
  training: { seed: number; rows: number; recipe: Recipe } | null;
}

/**
 * Reads what is known of a fine-tuned model. A folder of a store tells all but a wording that no setting has; a sealed
 * model is followed back to the training that it was sealed after. Of any other PEFT adapter nothing is known but its
 * weights.
 * @param trainPrompt the prompt that it was trained with, where the folder does not tell
 * @throws UserError where the folder is missing, belongs to another setting or model, or the prompt is not known
 */
export function readStoredModel(folder: string, study: Study, trainPrompt: string | undefined): StoredModel {
  const { setting, base, identity } = study;
  if (!existsSync(folder)) throw new UserError(`there is no model folder ${folder}: name a folder of a store's models`);
  const config = readConfig(folder);
  if (config === null) {
    if (trainPrompt === undefined || trainPrompt === "selected") {
      throw new UserError(`${folder} does not tell its training prompt: give it with --train-prompt`);
    }
    return { model: { id: null, model: { base: base.base, adapter: folder } }, trainPrompt, training: null };
  }
  const first = firstTraining(config, folder);
  if (first.baseModelHash !== identity.baseModelHash) {
    throw new UserError(
      `${folder} was trained from another initial model than ${base.base}: name that one with --model`,
    );
  }
  const { label, seed, rows, recipe } = first;
  if (label !== null && label.setting !== setting.id) {
    throw new UserError(`${folder} was trained for setting "${label.setting}", not for "${setting.id}"`);
  }
  const known = setting.prompts.some(({ id }) => id === label?.trainPrompt);
  const told = known ? label?.trainPrompt : undefined;
  const prompt = trainPrompt === undefined || trainPrompt === "selected" ? told : trainPrompt;
  if (prompt === undefined) {
    throw new UserError(`${folder} does not tell its training prompt's wording: give it with --train-prompt`);
  }
  const at = join(folder, config.model.path);
  const model = config.model.kind === "adapter" ? { base: base.base, adapter: at } : { base: at };
  return { model: { id: config.id, model }, trainPrompt: prompt, training: { seed, rows, recipe } };
}

/** The training at the root of a chain of parents, which lie beside each other. */
function firstTraining(config: StoredConfig, folder: string): StoredConfig {
  if (config.parent === null) return config;
  const parent = readConfig(join(dirname(join(folder, ".")), config.parent));
  if (parent !== null) return firstTraining(parent, folder);
  throw new UserError(
    `${folder} goes on from training ${config.parent}, which is not beside it: keep both in one store`,
  );
}

function readConfig(folder: string): StoredConfig | null {
  return configSchema.safeParse(readJson(join(folder, "config.json"))).data ?? null;
}
