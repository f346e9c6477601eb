import type { ModelConfig } from "./config.ts";
import type { ConfigFile, Refuse, RopeFields } from "./configFile.ts";

/** How rotary frequencies are changed for contexts longer than those of pretraining. */
export type RopeScaling =
  | { type: "linear"; factor: number }
  | {
      type: "llama3";
      factor: number;
      lowFrequencyFactor: number;
      highFrequencyFactor: number;
      /** Tokens of the longest context of pretraining. */
      originalContext: number;
    };

/** The rotary embedding of all layers, or of those without a sliding window. */
type Rope = Pick<ModelConfig, "ropeTheta" | "ropeScaling">;

const whyNot: Readonly<Record<string, string>> = {
  dynamic: " (its frequencies change with the length of a text)",
  longrope: " (its frequencies change with the length of a text)",
  yarn: " (it scales the attention too)",
};

/**
 * Angle per position of each pair of a head's numbers, [headDim / 2]: theta^(-2 i / headDim), scaled.
 *
 * `linear` divides all by the factor (Chen et al. 2023). `llama3` leaves wavelengths below originalContext /
 * highFrequencyFactor as they are, divides those above originalContext / lowFrequencyFactor by the factor, and goes
 * from one to the other in between, linearly in originalContext / wavelength (Llama 3.1's reference code).
 */
export function rotaryFrequencies(theta: number, headDim: number, scaling: RopeScaling | undefined): number[] {
  return Array.from({ length: headDim / 2 }, (_, i) => {
    const frequency = theta ** ((-2 * i) / headDim);
    if (!scaling) return frequency;
    if (scaling.type === "linear") return frequency / scaling.factor;
    const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
    const turns = (originalContext * frequency) / (2 * Math.PI);
    const kept = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return frequency * (kept + (1 - kept) / factor);
  });
}

/** One rotary embedding for all layers; transformers 4 has `rope_theta` at the top, 5 has it in `rope_parameters`. */
export function readRope(file: ConfigFile, refuse: Refuse): Rope {
  const { full_attention, sliding_attention, ...parameters } = file.rope_parameters ?? {};
  if (full_attention || sliding_attention)
    refuse("rope_parameters", "entries by layer type are not supported for this architecture; give one for all layers");
  return ropeOf(scaledOr(parameters, "rope_parameters", file), file.rope_theta ?? 10_000, file, refuse);
}

/** Gemma 3: one rotary embedding for layers that see everything, and the base of those with a sliding window. */
export function readLayeredRope(file: ConfigFile, refuse: Refuse): Rope & { localTheta: number } {
  const { full_attention, sliding_attention, ...flat } = file.rope_parameters ?? {};
  if (Object.values(flat).some((value) => value != null))
    refuse("rope_parameters", "expected one entry for full_attention and one for sliding_attention");
  const field = "rope_parameters.sliding_attention";
  const local = ropeOf({ rope: sliding_attention ?? {}, field }, file.rope_local_base_freq ?? 10_000, file, refuse);
  if (local.ropeScaling) refuse(field, "rotary scaling is not supported in layers with a sliding window");
  const wide = scaledOr(full_attention ?? {}, "rope_parameters.full_attention", file);
  return { ...ropeOf(wide, file.rope_theta ?? 1_000_000, file, refuse), localTheta: local.ropeTheta };
}

/** The rotary fields of config.json, in the form that transformers 4 and 5 read. */
export function ropeFields({ ropeTheta, ropeScaling, slidingWindow }: ModelConfig): Record<string, unknown> {
  return {
    rope_theta: ropeTheta,
    ...(slidingWindow?.ropeTheta === undefined ? {} : { rope_local_base_freq: slidingWindow.ropeTheta }),
    ...(ropeScaling === undefined ? {} : { rope_scaling: scalingFields(ropeScaling) }),
  };
}

function scalingFields(scaling: RopeScaling): Record<string, unknown> {
  if (scaling.type === "linear") return { rope_type: "linear", factor: scaling.factor };
  return {
    rope_type: "llama3",
    factor: scaling.factor,
    low_freq_factor: scaling.lowFrequencyFactor,
    high_freq_factor: scaling.highFrequencyFactor,
    original_max_position_embeddings: scaling.originalContext,
  };
}

/** Rotary fields, and where in the file they stand. */
interface PlacedRope {
  rope: RopeFields;
  field: string;
}

/** `rope_scaling` goes before what `rope_parameters` has, which may still give the base. */
function scaledOr(rope: RopeFields, field: string, { rope_scaling }: ConfigFile): PlacedRope {
  if (!rope_scaling || Object.keys(rope_scaling).length === 0) return { rope, field };
  return { rope: { rope_theta: rope.rope_theta, ...rope_scaling }, field: "rope_scaling" };
}

function ropeOf({ rope, field }: PlacedRope, theta: number, file: ConfigFile, refuse: Refuse): Rope {
  if ((rope.partial_rotary_factor ?? 1) !== 1) refuse(`${field}.partial_rotary_factor`, "only 1 is supported");
  const ropeScaling = readScaling({ rope, field }, file, refuse);
  return { ropeTheta: rope.rope_theta ?? theta, ...(ropeScaling && { ropeScaling }) };
}

function readScaling({ rope, field }: PlacedRope, file: ConfigFile, refuse: Refuse): RopeScaling | undefined {
  const type = rope.rope_type ?? rope.type ?? "default";
  const required = (name: "factor" | "low_freq_factor" | "high_freq_factor"): number =>
    rope[name] ?? refuse(`${field}.${name}`, `expected a positive number, as rotary scaling of type "${type}" needs`);
  if (type === "default") return undefined;
  if (type === "linear") return { type, factor: required("factor") };
  if (type !== "llama3") {
    const remedy = 'only "default", "linear" and "llama3" are; use a model without it';
    return refuse(field, `rotary scaling of type "${type}" is not supported${whyNot[type] ?? ""}, ${remedy}`);
  }
  const originalContext =
    file.original_max_position_embeddings ?? rope.original_max_position_embeddings ?? file.max_position_embeddings;
  if (originalContext === undefined)
    return refuse(`${field}.original_max_position_embeddings`, "expected the context length of pretraining");
  const [low, high] = [required("low_freq_factor"), required("high_freq_factor")];
  if (high <= low) refuse(`${field}.high_freq_factor`, `expected more than low_freq_factor (${low}), got ${high}`);
  return {
    type,
    factor: required("factor"),
    lowFrequencyFactor: low,
    highFrequencyFactor: high,
    originalContext,
  };
}
