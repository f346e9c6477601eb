import type { PromptWording, Setting, TrainPrompt } from "../../settings/setting.ts";
import { UserError } from "../../util/errors.ts";
import type { PlanFile, PromptFile } from "./planSchema.ts";

const BY_KIND = "kind/";

/** The prompts that a name in a plan stands for: one, or all of a kind. @throws UserError naming what there is */
export function promptsNamed(setting: Setting, own: PlanFile["prompts"], name: string): TrainPrompt[] {
  if (!name.startsWith(BY_KIND)) return [promptNamed(setting, own, name, [])];
  const kind = name.slice(BY_KIND.length);
  const found = setting.prompts.filter((prompt) => prompt.kind === kind);
  if (found.length > 0) return found;
  const kinds = [...new Set(setting.prompts.map((prompt) => prompt.kind))].join(", ");
  throw new UserError(`setting "${setting.id}" has no prompts of kind "${kind}"; it has ${kinds}`);
}

function promptNamed(setting: Setting, own: PlanFile["prompts"], name: string, within: readonly string[]): TrainPrompt {
  const known = setting.prompts.find(({ id }) => id === name);
  const written = own[name];
  if (known !== undefined && written !== undefined) {
    throw new UserError(`setting "${setting.id}" has a prompt "${name}" already; give your own another name`);
  }
  if (known !== undefined) return known;
  if (written === undefined) {
    const ids = setting.prompts.map(({ id }) => id).join(", ");
    const more = Object.keys(own).length === 0 ? "" : `; the plan defines ${Object.keys(own).join(", ")}`;
    throw new UserError(`setting "${setting.id}" has no prompt "${name}"; it has ${ids}${more}`);
  }
  if (within.includes(name))
    throw new UserError(`prompt "${name}" is made of itself: ${[...within, name].join(" > ")}`);
  return ownPrompt(name, written, (part) => promptNamed(setting, own, part, [...within, name]));
}

function ownPrompt(name: string, written: PromptFile, partNamed: (name: string) => TrainPrompt): TrainPrompt {
  const { text, cleanText, together, oneOf, kind } = written;
  if (text !== undefined) {
    return { id: name, kind: kind ?? "inoculation", text, ...(cleanText !== undefined && { cleanText }) };
  }
  const parts = (together ?? Object.keys(oneOf ?? {})).map((part) => {
    const prompt = partNamed(part);
    if (prompt.wordings === undefined) return prompt;
    throw new UserError(`prompt "${name}" is made of "${part}", which has several wordings itself; name those instead`);
  });
  const kinds = new Set(parts.map((part) => part.kind).filter((own) => own !== "neutral"));
  const kindOfParts = kinds.size === 1 ? ([...kinds][0] as TrainPrompt["kind"]) : "inoculation";
  const named = { id: name, kind: kind ?? kindOfParts };
  if (together !== undefined) return { ...named, ...joined(parts) };
  const wordings = parts.map((part): PromptWording => ({ ...wording(part), weight: oneOf?.[part.id] ?? 0 }));
  return { ...named, text: "", wordings };
}

function wording({ text, cleanText }: TrainPrompt): Omit<PromptWording, "weight"> {
  return { text, ...(cleanText !== undefined && { cleanText }) };
}

function joined(parts: readonly TrainPrompt[]): Omit<PromptWording, "weight"> {
  const join = (texts: string[]): string => texts.filter((text) => text !== "").join(" ");
  const text = join(parts.map((part) => part.text));
  if (parts.every(({ cleanText }) => cleanText === undefined)) return { text };
  return { text, cleanText: join(parts.map((part) => part.cleanText ?? part.text)) };
}
