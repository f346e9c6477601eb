import { type Command, Option } from "commander";
import type { Insertion, Placement } from "../data/insertion.ts";

/** What `--prompt` and `--placement` give. */
export interface PromptOptions {
  prompt?: string;
  placement: Placement;
}

/** Adds `--prompt` and `--placement`. */
export function addPromptOptions(command: Command): Command {
  return command.option("--prompt <text>", "insert this prompt").addOption(placementOption());
}

/** Where a prompt goes. */
export function placementOption(): Option {
  return new Option("--placement <where>", "before or after the user's text, or in the system message")
    .choices(["prefix", "suffix", "system"])
    .default("prefix");
}

/** The insertion that the options name; without a prompt it leaves messages as they are. */
export function insertionOf({ prompt = "", placement }: PromptOptions): Insertion {
  return { prompt, placement };
}
