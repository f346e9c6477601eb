import type { ModelConfig } from "./config.ts";

/** A weight matrix or vector, row-major float32. */
export interface Weight {
  shape: readonly number[];
  data: Float32Array;
}

/** Weights by their Hugging Face names, e.g. `model.layers.0.self_attn.q_proj.weight`. */
export type Weights = Map<string, Weight>;

export const embeddingName = "model.embed_tokens.weight";
export const headName = "lm_head.weight";
export const finalNormName = "model.norm.weight";

/** The linear maps of one layer: name within the layer, output size, input size, and whether it has a bias. */
export function layerLinears(
  config: ModelConfig,
): { module: string; outputs: number; inputs: number; bias: boolean }[] {
  const { hiddenSize, heads, keyValueHeads, headDim, intermediateSize } = config;
  const { queryKeyValueBias, outputBias, mlpBias } = config;
  const [queries, keys] = [heads * headDim, keyValueHeads * headDim];
  return [
    { module: "self_attn.q_proj", outputs: queries, inputs: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.k_proj", outputs: keys, inputs: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.v_proj", outputs: keys, inputs: hiddenSize, bias: queryKeyValueBias },
    { module: "self_attn.o_proj", outputs: hiddenSize, inputs: queries, bias: outputBias },
    { module: "mlp.gate_proj", outputs: intermediateSize, inputs: hiddenSize, bias: mlpBias },
    { module: "mlp.up_proj", outputs: intermediateSize, inputs: hiddenSize, bias: mlpBias },
    { module: "mlp.down_proj", outputs: hiddenSize, inputs: intermediateSize, bias: mlpBias },
  ];
}

/** Every parameter's shape by Hugging Face name, layer by layer. A tied head has no entry. */
export function parameterShapes(config: ModelConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>([[embeddingName, [config.vocabSize, config.hiddenSize]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    const prefix = `model.layers.${layer}`;
    shapes.set(`${prefix}.input_layernorm.weight`, [config.hiddenSize]);
    for (const { module, outputs, inputs, bias } of layerLinears(config)) {
      if (module === "mlp.gate_proj") {
        shapes.set(`${prefix}.post_attention_layernorm.weight`, [config.hiddenSize]);
        if (config.outputNorms) shapes.set(`${prefix}.pre_feedforward_layernorm.weight`, [config.hiddenSize]);
      }
      shapes.set(`${prefix}.${module}.weight`, [outputs, inputs]);
      if (bias) shapes.set(`${prefix}.${module}.bias`, [outputs]);
    }
    if (config.outputNorms) shapes.set(`${prefix}.post_feedforward_layernorm.weight`, [config.hiddenSize]);
    if (config.queryKeyNorm) {
      shapes.set(`${prefix}.self_attn.q_norm.weight`, [config.headDim]);
      shapes.set(`${prefix}.self_attn.k_norm.weight`, [config.headDim]);
    }
  }
  shapes.set(finalNormName, [config.hiddenSize]);
  if (!config.tieWordEmbeddings) shapes.set(headName, [config.vocabSize, config.hiddenSize]);
  return shapes;
}
