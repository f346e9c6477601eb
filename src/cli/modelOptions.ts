import { fileURLToPath } from "node:url";
import { type Command, Option } from "commander";
import type { ModelRef } from "../backends/backend.ts";

/** What `--model` and `--adapter` give. */
export interface ModelOptions {
  model: string;
  adapter?: string;
}

const embeddedModel = fileURLToPath(new URL("../../models/tiny", import.meta.url));

/** Adds `--model`, and `--adapter` where a fine-tuned model makes sense. */
export function addModelOptions(command: Command, options: { adapter: boolean }): Command {
  command.addOption(
    new Option("--model <folder>", "a model in Hugging Face format").default(embeddedModel, "the embedded model"),
  );
  return options.adapter ? command.option("--adapter <folder>", "a PEFT adapter on it, e.g. from train") : command;
}

/** The model that the options name. */
export function modelRef({ model, adapter }: ModelOptions): ModelRef {
  return { base: model, ...(adapter !== undefined && { adapter }) };
}
