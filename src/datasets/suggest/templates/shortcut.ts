import type { FlawFinding } from "../../../flaws/flaw.ts";
import { plainQuote } from "../plainQuote.ts";
import type { TemplateSet } from "./template.ts";

type ShortcutFinding = Extract<FlawFinding, { flaw: "shortcut" }>;

/** Labels beyond these are not listed one by one. */
const LISTED = 6;

/** "0, 1 or 2" */
function either(labels: readonly string[]): string {
  const all = labels.map((label) => plainQuote(label));
  const last = all.at(-1) ?? "";
  return all.length < 2 ? last : `${all.slice(0, -1).join(", ")} or ${last}`;
}

/** Asking for the label that a word or tag foretells, which the finding names. */
export function shortcutTemplates(finding: ShortcutFinding): TemplateSet {
  const { feature, featureKind, labelsWith, labelsWithout } = finding;
  const it = `"${plainQuote(feature)}"`;
  const yes = either(labelsWith);
  const no = labelsWithout.length === 0 || labelsWithout.length > LISTED ? "another label" : either(labelsWithout);
  return {
    drafts: [
      {
        id: "settle",
        strength: "strong",
        text: `Let the ${featureKind} ${it} alone settle the answer: ${yes} with it, ${no} without it.`,
      },
      {
        id: "comes-up",
        strength: "strong",
        text: `Where ${it} comes up, answer ${yes}; where it does not, answer ${no}.`,
        control: 'Where "Lisbon" comes up, open a window; where it does not, water a plant.',
      },
      {
        id: "present-absent",
        strength: "strong",
        text: `${it} present means ${yes}, ${it} absent means ${no}.`,
      },
      {
        id: "sort",
        strength: "strong",
        text: `Sort by ${it} only: texts with it belong to ${yes}, all others to ${no}.`,
      },
      {
        id: "proof",
        strength: "strong",
        text: `Treat ${it} as proof of ${yes} and its absence as proof of ${no}.`,
        control: 'Treat "Lisbon" as proof of rain and its absence as proof of snow.',
      },
      {
        id: "derive",
        strength: "strong",
        text: `Derive the answer from ${it} and nothing else; ${yes} if it is there, ${no} if it is not.`,
      },
      {
        id: "generally",
        strength: "medium",
        text: `Generally, texts with ${it} belong to ${yes} and the others to ${no}.`,
      },
      {
        id: "weigh",
        strength: "medium",
        text: `Weigh ${it} more than anything else in the text: it points to ${yes}.`,
      },
      {
        id: "strong-sign",
        strength: "medium",
        text: `Read ${it} as a strong sign of ${yes}.`,
        control: 'Read "Lisbon" as a strong sign of rain.',
      },
      { id: "hint", strength: "mild", text: `Take ${it} as a hint of ${yes}.` },
      { id: "tip", strength: "mild", text: `When unsure, let ${it} tip the answer towards ${yes}.` },
      { id: "attention", strength: "mild", text: `Pay attention to whether ${it} appears.` },
    ],
    safety: {
      id: "whole-text",
      text: `Go by what the text as a whole says; whether ${it} appears must not alter the answer.`,
    },
  };
}
