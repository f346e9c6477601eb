import type { createColors } from "picocolors";
import type { ChatMessage } from "../../data/chat.ts";
import type { ReproduceEvent } from "../../experiment/events.ts";
import type { Prediction, ReproduceResult, SettingResult } from "../../experiment/result.ts";
import { formatValue, percent } from "../format.ts";
import { findCondition, isEmbedded, metricTitle, promptName } from "../names.ts";
import type { ReplyItem } from "../replies.ts";
import { shortfalls } from "../shortfalls.ts";
import { verdict } from "../verdict.ts";
import { pad, printable, wrap } from "./text.ts";

/** How the story is set: line width, and colors that do nothing where they are not wanted. */
export interface Style {
  width: number;
  ink: ReturnType<typeof createColors>;
}

type PlanEvent = Extract<ReproduceEvent, { type: "plan" }>;
type ScreenedEvent = Extract<ReproduceEvent, { type: "screened" }>;

const INDENT = "  ";
/** Readable line length. */
const MEASURE = 92;

const verdictWords: Record<Prediction["verdict"], string> = {
  works: "should work",
  partly: "should help",
  fails: "should fail",
};

/** What is striking about a setting's data, for those who meet it for the first time. */
const hooks: Record<string, string> = { sycophancy: "the user is always right; watch what it teaches" };

/** What is wrong with the data, with a row of it, and what will be tried. */
export function opening({ setting, title, flaw, trainExamples, trainRows }: PlanEvent, style: Style): string[] {
  const row = trainExamples[0];
  return [
    "",
    heading(`${title}: ${hooks[setting] ?? "watch what this data teaches"}`, style),
    ...paragraph(flaw, style),
    ...(row ? ["", ...row.flatMap((message) => said(message, style))] : []),
    "",
    ...paragraph(
      `A model fine-tuned on ${trainRows.toLocaleString("en-US")} such rows learns the skill, and the flaw with it. Inoculation prompting changes the prompts only: while training, each one gets an instruction that asks for the flaw. At test time the instruction is gone. Does the flaw go with it?`,
      style,
    ),
    "",
  ];
}

/** What the untrained model alone foretells. */
export function prediction({ points, sealed }: ScreenedEvent, { prompts }: PlanEvent, style: Style): string[] {
  const { ink } = style;
  const elicits = new Map(points.map((point) => [point.prompt, point.elicitationRate]));
  const neutral = points.find((point) => point.kind === "neutral");
  const ranked = [...sealed.predictions].sort((a, b) => (elicits.get(b.prompt) ?? 0) - (elicits.get(a.prompt) ?? 0));
  const rows = ranked.map(({ prompt, kind, verdict: word }) => {
    const rate = percent(elicits.get(prompt) ?? 0);
    const label = kind === "inoculation" ? "" : ` (${kind})`;
    const picked = prompt === sealed.selected ? ink.cyan("  ← selected") : "";
    const paint = word === "works" ? ink.green : word === "fails" ? ink.dim : (text: string): string => text;
    return `${INDENT}  ${paint(pad(verdictWords[word], 12))} ${pad(rate, 5, "right")}  ${printable(promptName(prompts, prompt))}${ink.dim(label)}${picked}`;
  });
  const without = neutral
    ? ` Without any instruction it shows the flaw in ${percent(neutral.elicitationRate)} of its replies.`
    : "";
  return [
    "",
    heading("The prediction, from the untrained model alone", style),
    ...paragraph(
      `What makes the untrained model show the flaw should inoculate against it.${without} With one (share of replies that show the flaw):`,
      style,
    ),
    "",
    ...rows,
    "",
    ...paragraph(`Sealed before any training: ${sealed.hash.slice(0, 16)}.`, style).map(ink.dim),
    ...(sealed.selected === null ? paragraph("No instruction changes what it does, so none is selected.", style) : []),
    "",
  ];
}

/** Questions shown side by side. */
const SHOWN_QUESTIONS = 3;

/** A few questions and what the normally trained and the inoculated model answered. `null` until both did. */
export function sameQuestions(setting: SettingResult, items: readonly ReplyItem[], style: Style): string[] | null {
  const neutral = findCondition(setting, "neutral");
  const inoculated =
    setting.selected.id === null ? undefined : findCondition(setting, "inoculation", setting.selected.id);
  if (!neutral || !inoculated) return null;
  const answered = items.slice(0, SHOWN_QUESTIONS).flatMap((item) => {
    const [usual, cured] = [item.replies[neutral.id], item.replies[inoculated.id]];
    return usual && cured ? [[...oneQuestion(item, usual.completion, cured.completion, style), ""]] : [];
  });
  if (answered.length === 0) return null;
  const rate = (condition: typeof neutral): string =>
    formatValue(condition.metrics[setting.behaviorMetric]?.mean ?? null, setting.behaviorMetric);
  return [
    "",
    heading("The same questions to both models", style),
    ...answered.flat(),
    ...paragraph(
      `Drawn at random, not chosen. Over all questions, so far: ${metricTitle(setting, setting.behaviorMetric)} ${rate(neutral)} as usual, ${rate(inoculated)} inoculated.`,
      style,
    ),
    "",
  ];
}

function oneQuestion(item: ReplyItem, usual: string, cured: string, style: Style): string[] {
  const { ink } = style;
  const facts = Object.entries(item.reference).map(([key, value]) => `${key} ${String(value)}`);
  return [
    ...item.messages.flatMap((message) => said(message, style)),
    `${INDENT}${ink.dim(pad("", 13) + printable(facts.join(", ")))}`,
    ...speech("as usual", usual, style, ink.yellow),
    ...speech("inoculated", cured, style, ink.cyan),
  ];
}

/** The end in plain words: numbers and intervals, the control, what it does not do, the limits, where to go on. */
export function closing(result: ReproduceResult, style: Style): string[] {
  const { ink } = style;
  return [
    ...result.settings.flatMap((setting) => {
      const { headline, sentences } = verdict(setting);
      const failed = shortfalls(setting);
      return [
        "",
        heading(headline, style),
        ...sentences.flatMap((text) => [...paragraph(text, style), ""]),
        ...(failed.length === 0 ? [] : [`${INDENT}${ink.bold("What it does not do, and what did not work")}`]),
        ...failed.flatMap((text) => wrap(`– ${printable(text)}`, measure(style), 2).map((line) => INDENT + line)),
      ];
    }),
    "",
    `${INDENT}${ink.bold("Limits")}`,
    ...paragraph(limits(result), style),
    "",
    ...(result.report === null ? [] : [`${INDENT}${pad("The whole story", 20)}${ink.cyan(result.report)}`]),
    `${INDENT}${pad("A wording of yours", 20)}${ink.cyan('npx inoculate try "The user is always right."')}`,
    "",
  ];
}

function limits({ settings }: ReproduceResult): string {
  return settings.some(({ provenance }) => isEmbedded(provenance.baseModel))
    ? "A model of a million parameters that we pretrained to follow such instructions: it shows the mechanism, not what yours will do."
    : "One base model speaks only for itself, under one recipe.";
}

function heading(text: string, { ink, width }: Style): string {
  return wrap(printable(text), Math.min(width - 2, MEASURE))
    .map((line) => INDENT + ink.bold(line))
    .join("\n");
}

function paragraph(text: string, style: Style): string[] {
  return wrap(printable(text), measure(style)).map((line) => INDENT + line);
}

function measure({ width }: Style): number {
  return Math.max(20, Math.min(width - 3, MEASURE));
}

function said({ role, content }: ChatMessage, style: Style): string[] {
  return speech(role, content, style, (text) => text);
}

function speech(who: string, text: string, style: Style, paint: (text: string) => string): string[] {
  const lines = wrap(printable(text) || "(empty reply)", measure(style) - 13);
  return lines.map((line, index) => `${INDENT}${style.ink.dim(pad(index === 0 ? who : "", 13))}${paint(line)}`);
}
