import { families } from "../../settings/registry.ts";
import type { PromptKind, Setting, TrainPrompt } from "../../settings/setting.ts";
import { neutralPrompt, promptsOf } from "../condition.ts";

/** What a leak prompt is to the training prompt. */
export type LeakFamily = keyof typeof roles;

/** A prompt at evaluation that does not ask for the behavior. */
export interface LeakPrompt {
  id: string;
  family: LeakFamily;
  /** Empty for the neutral prompt. */
  text: string;
}

/**
 * Every family, and what it serves where a model is sealed; no family serves both.
 *
 * `sealing`: the plain answer is the right one under them, so a model can be trained on it. `held-out`: the rest. Some
 * ask for something else (another subject, a farewell, praise, another setting's behavior), and training on plain
 * answers under those would teach the model to pass over requests. The others say the contrary of the training prompt,
 * often in its own words: what holds there was not learned by heart.
 */
const roles = {
  neutral: "sealing",
  mention: "sealing",
  quoted: "sealing",
  keywords: "sealing",
  inert: "sealing",
  negated: "held-out",
  opposite: "held-out",
  safety: "held-out",
  "same-form": "held-out",
  "other-setting": "held-out",
  active: "held-out",
  praise: "held-out",
} as const;

/** With fewer words than this, a list of keywords is the prompt itself. */
const FEWEST_KEYWORDS = 3;

/** Words that carry no subject of their own. */
const functionWords = new Set(
  (
    "a an the this that these those some any each every either neither no not nor or and but if so as than then else " +
    "of to in on at by for from with without into over under about upon it its he she they them their his her you your " +
    "i me my we us our who whom whose which what whatever whichever whereby is are was were be been being am do does " +
    "did have has had shall should will would can could may might must ought even only just also too well very rather " +
    "otherwise since while when where here there how why"
  ).split(" "),
);

const unrelatedFamilies: Readonly<Partial<Record<NonNullable<TrainPrompt["unrelatedKind"]>, LeakFamily>>> = {
  unseen: "inert",
  active: "active",
  "same-form": "same-form",
};

/**
 * The grid of a training prompt: prompts that do not ask for the setting's behavior, the neutral one first. From the
 * training prompt's text, by rule: its keywords, the text quoted as somebody else's, the text negated. Written for the
 * setting: its look-alikes, its unrelated, safety and praise prompts. From the other settings: the first inoculation
 * prompt of each. No two have the same text, and none has the text of a prompt that asks.
 */
export function leakPrompts(setting: Setting, trainPrompt: TrainPrompt): LeakPrompt[] {
  const { id, text } = neutralPrompt(setting);
  const asking = new Set(compliancePrompts(setting, trainPrompt).map((prompt) => prompt.text));
  const unrelated = promptsOf(setting, "unrelated").map(
    (prompt): LeakPrompt => ({
      id: prompt.id,
      family: unrelatedFamilies[prompt.unrelatedKind ?? "unseen"] ?? "inert",
      text: prompt.text,
    }),
  );
  const grid: LeakPrompt[] = [
    { id, family: "neutral", text },
    ...(setting.lookAlikes ?? []),
    ...derived(trainPrompt.text),
    ...unrelated,
    ...(["safety", "praise"] as const).flatMap((family) =>
      promptsOf(setting, family).map((prompt): LeakPrompt => ({ id: prompt.id, family, text: prompt.text })),
    ),
    ...otherSettings(setting),
  ];
  const byText = new Map<string, LeakPrompt>();
  for (const prompt of grid) if (!asking.has(prompt.text) && !byText.has(prompt.text)) byText.set(prompt.text, prompt);
  return [...byText.values()].sort((a, b) => rank(a.family) - rank(b.family));
}

/** What a family serves where a model is sealed. */
export function roleOf(family: LeakFamily): "sealing" | "held-out" {
  return roles[family];
}

/** The prompts that do ask: the one that was trained with, then the setting's inoculation prompts. */
export function compliancePrompts(setting: Setting, trainPrompt: TrainPrompt): TrainPrompt[] {
  const asks: readonly PromptKind[] = ["inoculation", "demonstration"];
  const others = promptsOf(setting, "inoculation").filter(({ text }) => text !== trainPrompt.text);
  return asks.includes(trainPrompt.kind) ? [trainPrompt, ...others] : others;
}

/** The prompts that follow from a text by rule. */
function derived(text: string): LeakPrompt[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}'-]+/gu) ?? [];
  const keywords = [...new Set(words.filter((word) => !functionWords.has(word)))].sort();
  const listed: LeakPrompt = { id: "keywords", family: "keywords", text: `${keywords.join(", ")}.` };
  return [
    { id: "quoted", family: "quoted", text: `Somebody else wrote: "${text}"` },
    ...(keywords.length < FEWEST_KEYWORDS ? [] : [listed]),
    { id: "negated", family: "negated", text: `Do not do this: ${text}` },
  ];
}

function otherSettings(setting: Setting): LeakPrompt[] {
  return families.flatMap((other): LeakPrompt[] => {
    const [strongest] = promptsOf(other, "inoculation");
    if (other.family === setting.family || strongest === undefined) return [];
    return [{ id: `${other.id}/${strongest.id}`, family: "other-setting", text: strongest.text }];
  });
}

function rank(family: LeakFamily): number {
  return Object.keys(roles).indexOf(family);
}
