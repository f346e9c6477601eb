import type { Command } from "commander";
import type { ModelFacts } from "../engine/model/modelFacts.ts";
import { embeddedModel } from "../experiment/study.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { byteCount } from "../util/diskSpace.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  hash?: boolean;
  json?: boolean;
}

/** `model info`: what a model is, and whether it can be trained. */
export function addModelInfo(group: Command, run: RunVerb): void {
  addVerb(
    group,
    "info [model]",
    "what a model is: architecture, sizes, number formats, tokenizer, template, memory (a folder, or the id of a " +
      "fetched model; default: the embedded one)",
    "model info HuggingFaceTB/SmolLM2-135M-Instruct",
  )
    .option("--hash", "also the hash that names the model in a store; reads all of its weights")
    .action((model: string | undefined, { hash, ...options }: Options) =>
      run(options, async ({ say }) => {
        const start = performance.now();
        const { modelFacts } = await import("../engine/model/modelFacts.ts");
        const facts = await modelFacts(modelFolder(model ?? embeddedModel()), { hash });
        for (const [label, text] of lines(facts)) say(`${label.padEnd(14)}${text}`);
        return { ...facts, seconds: secondsSince(start) };
      }),
    );
}

function lines(facts: ModelFacts): [string, string][] {
  const { sizes, weights, tokenizer, template, memory, slidingWindow } = facts;
  const formats = Object.entries(weights.dtypes).map(([dtype, count]) => `${dtype} (${count.toLocaleString("en")})`);
  const files = weights.files === 1 ? "one file" : `${weights.files} files`;
  const window = slidingWindow ? `; ${slidingWindow.layers} layers look back ${slidingWindow.tokens} tokens` : "";
  return [
    ["folder", facts.folder],
    ["architecture", facts.architecture],
    [
      "parameters",
      `${facts.parameters.toLocaleString("en")}; the head is ${facts.tiedHead ? "" : "not "}the embedding`,
    ],
    ["layers", `${sizes.layers} of width ${sizes.hiddenSize}, feed-forward ${sizes.intermediateSize}`],
    ["heads", `${sizes.heads} of width ${sizes.headDim}, ${sizes.keyValueHeads} of keys and values`],
    ["vocabulary", `${sizes.vocabSize} tokens`],
    ["context", `${facts.context} tokens${window}`],
    ["weights", `${byteCount(weights.bytes)} in ${files}: ${formats.join(", ")}`],
    ["tokenizer", tokenizer.reason ?? `${tokenizer.type}, ${tokenizer.tokens} tokens`],
    ["template", templateLine(template)],
    [
      "memory",
      `about ${byteCount(memory.sampling)} to sample or train with LoRA, ${byteCount(memory.full)} to train in full, ` +
        "besides activations",
    ],
    ...(facts.hash === null ? [] : [["hash", facts.hash] satisfies [string, string]]),
  ];
}

function templateLine({ splits, severalReplies, system, reason }: ModelFacts["template"]): string {
  if (!splits) return `cannot be trained on: ${reason}`;
  const replies = severalReplies ? "any of its replies" : "its last reply alone";
  return `a chat can be trained on by ${replies}; system messages are ${system ? "taken" : "refused"}`;
}
