import { join } from "node:path";
import { z } from "zod";
import { UserError } from "../../util/errors.ts";
import { type LoraOptions, loraA, loraB, loraModules } from "../train/lora.ts";
import { targetModules } from "../train/recipe.ts";
import type { ModelConfig } from "./config.ts";
import { parseJsonObject, readText, writeAtomically } from "./files.ts";
import type { Weights } from "./parameters.ts";
import { readSafetensors, writeSafetensors } from "./safetensors.ts";

/** Low-rank adapters on a base model: `<module>.lora_A.weight` [rank, in] and `<module>.lora_B.weight` [out, rank]. */
export interface Adapter {
  lora: LoraOptions;
  /** Keyed by the base model's module names, e.g. `model.layers.0.self_attn.q_proj.lora_A.weight`. */
  weights: Weights;
}

/** What PEFT puts before the base model's names. */
const prefix = "base_model.model.";

const configSchema = z.looseObject({
  peft_type: z.literal("LORA"),
  task_type: z.literal("CAUSAL_LM").nullish(),
  r: z.int().min(1),
  lora_alpha: z.number().positive(),
  lora_dropout: z.number().min(0).max(0.9).default(0),
  use_rslora: z.boolean().default(false),
  target_modules: z.union([z.array(z.enum(targetModules)).min(1), z.literal("all-linear")]),
  bias: z.literal("none").default("none"),
  init_lora_weights: z.union([z.boolean(), z.literal("gaussian")]).optional(),
});

/** Fields that change nothing in what is computed. Any other one must be off (null, false or empty). */
const harmless = new Set([
  ...Object.keys(configSchema.shape),
  "auto_mapping",
  "base_model_name_or_path",
  "ensure_weight_tying",
  "inference_mode",
  "megatron_core",
  "peft_version",
  "qalora_group_size",
  "revision",
]);

/**
 * Reads a PEFT adapter folder (adapter_config.json, adapter_model.safetensors) for a given base model.
 *
 * @throws UserError naming the file and the field when something is missing, malformed, not supported, or does not fit
 * the base model
 */
export async function readAdapterFolder(folder: string, base: ModelConfig): Promise<Adapter> {
  const configPath = join(folder, "adapter_config.json");
  const lora = parseAdapterConfig(parseJsonObject(await readText(configPath), configPath), configPath);
  const weightsPath = join(folder, "adapter_model.safetensors");
  const stored = await readSafetensors(weightsPath);
  const expected = new Map(
    loraModules(base, lora).flatMap(({ module, outputs, inputs }): [string, number[]][] => [
      [loraA(module), [lora.rank, inputs]],
      [loraB(module), [outputs, lora.rank]],
    ]),
  );
  const weights: Weights = new Map();
  for (const [name, shape] of expected) {
    const tensor = stored.get(prefix + name);
    if (!tensor) throw new UserError(`${weightsPath}: ${prefix}${name} is missing`);
    if (String(tensor.shape) !== String(shape)) {
      const came = `[${tensor.shape.join(", ")}]`;
      throw new UserError(
        `${weightsPath}: ${prefix}${name}: expected shape [${shape.join(", ")}] for this base model, got ${came}`,
      );
    }
    weights.set(name, tensor);
  }
  const extra = [...stored.keys()].find((name) => !expected.has(name.slice(prefix.length)) || !name.startsWith(prefix));
  if (extra !== undefined)
    throw new UserError(`${weightsPath}: ${extra} does not belong to a supported adapter of this base model`);
  return { lora, weights };
}

/**
 * Writes a PEFT adapter folder that Python's `peft` loads. The config is written last: with it the folder is complete.
 *
 * @param baseModel name or path of the base model, as recorded in the config
 * @throws UserError when the folder cannot be written or the disk is full
 */
export async function writeAdapterFolder(folder: string, adapter: Adapter, baseModel: string): Promise<void> {
  const named: Weights = new Map([...adapter.weights].map(([name, tensor]) => [prefix + name, tensor]));
  await writeSafetensors(join(folder, "adapter_model.safetensors"), named);
  const fields = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: baseModel,
    inference_mode: true,
    r: adapter.lora.rank,
    lora_alpha: adapter.lora.alpha,
    lora_dropout: adapter.lora.dropout,
    use_rslora: adapter.lora.rankStabilized,
    target_modules: adapter.lora.targetModules,
    bias: "none",
    fan_in_fan_out: false,
    init_lora_weights: true,
    modules_to_save: null,
  };
  await writeAtomically(join(folder, "adapter_config.json"), `${JSON.stringify(fields, null, 2)}\n`);
}

function parseAdapterConfig(fields: Record<string, unknown>, path: string): LoraOptions {
  const parsed = configSchema.safeParse(fields);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const field = issue?.path[0];
    const came = typeof field === "string" ? `, got ${JSON.stringify(fields[field])}` : "";
    throw new UserError(`${path}: ${issue?.path.join(".")}: ${issue?.message}${came}`);
  }
  for (const [field, value] of Object.entries(fields)) {
    if (!harmless.has(field) && !isOff(value)) {
      throw new UserError(
        `${path}: ${field}: this kind of adapter is not supported (got ${JSON.stringify(value)}); only plain LoRA is`,
      );
    }
  }
  const { r, lora_alpha, lora_dropout, use_rslora, target_modules } = parsed.data;
  const targets = target_modules === "all-linear" ? targetModules : target_modules;
  return {
    rank: r,
    alpha: lora_alpha,
    dropout: lora_dropout,
    rankStabilized: use_rslora,
    // In one order, whatever the file's: PEFT writes a set.
    targetModules: targetModules.filter((module) => targets.includes(module)),
  };
}

const isOff = (value: unknown): boolean =>
  value === null || value === false || (typeof value === "object" && Object.keys(value).length === 0);
