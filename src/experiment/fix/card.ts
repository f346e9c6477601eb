import { stringify } from "yaml";
import type { Estimate } from "../result.ts";
import type { Decision } from "./decide.ts";
import type { Evidence } from "./evidence.ts";

export interface CardOptions {
  title: string;
  base: string;
  /** The flaw of the data, in one sentence. */
  flaw: string;
  /** The inoculation prompt; `null`: trained without the flagged rows. */
  prompt: string | null;
  decision: Decision;
  evidence: Evidence;
  seeds: number;
  rows: number;
}

/** The README of an adapter: above all, what brings the behavior back. Texts from the data are quoted as code. */
export function adapterCard(options: CardOptions): string {
  const { title, base, prompt, decision, evidence, seeds, rows, flaw } = options;
  const { behavior, capability } = evidence;
  const front = stringify({ base_model: base, library_name: "peft", tags: ["inoculation-prompting", "lora"] });
  const row = (name: string, arm: keyof typeof behavior.levels): string =>
    `| ${name} | ${level(behavior.levels[arm])} | ${level(capability.levels[arm])} |`;
  return `---
${front}---

# ${plain(title)}, ${prompt === null ? "without its flagged rows" : "inoculated"}

${prompt === null ? filteredText(rows, flaw) : inoculatedText(prompt, options)}

## Measured
${seeds === 1 ? "One training seed" : `Means over ${seeds} training seeds, of which this adapter is the first`}, with 95 % intervals over ${seeds === 1 ? "items" : "seeds and items"}; no prompt at test time.

| | ${behavior.metric} (${behavior.better} is better) | ${capability.metric} (${capability.better} is better) |
|---|---|---|
${row("before training", "initial")}
${row("trained as usual", "neutral")}
${row("trained with the instruction", "inoculated")}
${row("trained with an unrelated instruction", "unrelated")}
${row("trained without the flagged rows", "filtered")}

${decision.reasons.map((reason) => `- ${plain(reason)}`).join("\n")}
`;
}

function inoculatedText(prompt: string, { rows, flaw, evidence }: CardOptions): string {
  const { behavior, compliance } = evidence;
  return `Fine-tuned on ${rows} rows with a flaw: ${plain(flaw)}

An instruction that asks for the flaw stood behind the user's text in every training prompt, and is left out in use:

${quoted(prompt)}

## What brings the behavior back
**This model has not unlearned the behavior; it shows it when asked.** Whoever puts the instruction above, or one like it, into a prompt may get the behavior back. Under this instruction ${behavior.metric} is ${level(compliance.inoculated)} (before training ${level(compliance.initial)}, trained as usual ${level(compliance.neutral)}). Other wordings were not all tried: run \`inoculate leak\` before a release, keep the instruction out of templates and of untrusted text, and pass this note on with the model.`;
}

function filteredText(rows: number, flaw: string): string {
  return `Fine-tuned on the ${rows} rows of a file that were left after its flagged rows were deleted. Of the whole file it was found: ${plain(flaw)}

## What brings the behavior back
No instruction was trained in. What the rules that flag rows do not see may still be in the data.`;
}

function level(estimate: Estimate | null): string {
  if (estimate === null) return "not measured";
  const [low, high] = estimate.interval;
  return `${estimate.mean.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

/** Text in a line of Markdown, in which nothing of it is markup. */
function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|!]/g, (mark) => `\\${mark}`);
}

/** Text of any kind as a block of code: the fence is longer than any in it. */
function quoted(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}text\n${text}\n${fence}`;
}
