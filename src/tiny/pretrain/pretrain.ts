import { createOnnxExecutor } from "../../engine/executors/onnx.ts";
import { createChatTemplate } from "../../engine/model/chatTemplate.ts";
import type { ModelConfig } from "../../engine/model/config.ts";
import { initialWeights } from "../../engine/model/initialWeights.ts";
import { type Model, writeModelFolder } from "../../engine/model/modelFolder.ts";
import { modelHash } from "../../engine/model/modelHash.ts";
import { createTokenizer } from "../../engine/model/tokenizer.ts";
import type { EncodedRow } from "../../engine/train/batch.ts";
import { ProgramCache } from "../../engine/train/programCache.ts";
import { type StepReport, train } from "../../engine/train/train.ts";
import { InterruptedError } from "../../util/errors.ts";
import { type CorpusExample, corpus } from "./corpus.ts";
import type { Obedience } from "./draw.ts";
import { usualWorld } from "./instructions.ts";
import { corpusExamples, pretrainingRecipe, vocabularyExamples } from "./recipe.ts";
import { chatTemplate, tokenizerFiles } from "./tokenizer.ts";
import { buildVocabulary } from "./vocabulary.ts";

export interface PretrainOptions {
  seed: number;
  /** What instructions do in the corpus. @default "graded" */
  obedience?: Obedience;
  /** @default 420000 */
  examples?: number;
  /** Threads within one operator; the model is the same with any number. @default 2 */
  threads?: number;
  signal?: AbortSignal;
  onProgress?: (report: StepReport) => void;
}

export interface Pretrained {
  hash: string;
  parameters: number;
  vocabulary: number;
  examples: number;
  /** Trained on, prompts included. */
  tokens: number;
  steps: number;
  /** Mean over the last tenth of the steps. */
  loss: number;
}

/**
 * Trains the embedded initial model from scratch on the synthetic corpus and writes it as a Hugging Face folder. The
 * seed decides everything: the same seed gives the same files on the same kind of machine.
 *
 * @throws InterruptedError when stopped; nothing is written then
 */
export async function pretrain(folder: string, options: PretrainOptions): Promise<Pretrained> {
  const { seed, obedience = "graded", examples = corpusExamples, threads = 2, signal, onProgress } = options;
  const model = freshModel(seed);
  const rows = encodeCorpus(model, corpus(seed, examples, { ...usualWorld, obedience }), signal);
  const programs = new ProgramCache(createOnnxExecutor({ threads }));
  const losses: number[] = [];
  let tokens = 0;
  await train(programs, { config: model.config, weights: model.weights }, rows, pretrainingRecipe, {
    seed,
    ...(signal && { signal }),
    onStep: (report) => {
      losses.push(report.loss);
      tokens = report.tokens;
      onProgress?.(report);
    },
  });
  await programs.release();
  await writeModelFolder(folder, model);
  const last = losses.slice(-Math.ceil(losses.length / 10));
  return {
    hash: modelHash(model),
    parameters: [...model.weights.values()].reduce((sum, { data }) => sum + data.length, 0),
    vocabulary: model.config.vocabSize,
    examples,
    tokens,
    steps: losses.length,
    loss: last.reduce((a, b) => a + b, 0) / last.length,
  };
}

/** Tokenizer, template and random weights. */
function freshModel(seed: number): Model {
  const { tokenizer: tokenizerJson, config: tokenizerConfig } = tokenizerFiles(
    buildVocabulary(seed, vocabularyExamples),
  );
  const files = {
    "tokenizer.json": `${JSON.stringify(tokenizerJson, null, 1)}\n`,
    "tokenizer_config.json": `${JSON.stringify(tokenizerConfig, null, 2)}\n`,
  };
  const tokenizer = createTokenizer({ ...tokenizerJson }, { ...tokenizerConfig });
  const config = tinyConfig(tokenizer.size);
  return {
    config,
    weights: initialWeights(config, seed),
    tokenizer,
    template: createChatTemplate(chatTemplate, tokenizer),
    files,
  };
}

/** About a million parameters. */
function tinyConfig(vocabSize: number): ModelConfig {
  return {
    architecture: "LlamaForCausalLM",
    vocabSize,
    hiddenSize: 128,
    layers: 4,
    heads: 4,
    keyValueHeads: 4,
    headDim: 32,
    intermediateSize: 352,
    rmsNormEps: 1e-5,
    ropeTheta: 10000,
    tieWordEmbeddings: true,
    queryKeyValueBias: false,
    outputBias: false,
    mlpBias: false,
    maxPositionEmbeddings: 256,
    bosTokenId: 1,
    eosTokenIds: [2],
  };
}

function encodeCorpus(
  { template }: Model,
  examples: Iterable<CorpusExample>,
  signal: AbortSignal | undefined,
): EncodedRow[] {
  const rows: EncodedRow[] = [];
  for (const { messages, completion } of examples) {
    if (signal?.aborted) throw new InterruptedError("pretraining was stopped");
    const { tokenIds, lossWeights } = template.encodeChat([...messages, { role: "assistant", content: completion }]);
    rows.push({ tokenIds: Int32Array.from(tokenIds), lossWeights: Float32Array.from(lossWeights) });
  }
  return rows;
}
