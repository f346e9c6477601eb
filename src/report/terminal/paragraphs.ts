import type { ReproduceEvent } from "../../experiment/events.ts";
import type { Prediction, SettingResult } from "../../experiment/result.ts";
import { formatValue, percent, shorten } from "../format.ts";
import { findCondition, metricTitle, promptName } from "../names.ts";
import { itemFacts, type ReplyItem } from "../replies.ts";
import { settingWords } from "../settingWords.ts";
import { heading, INDENT, paragraph, type Style, said, speech } from "./prose.ts";
import { pad, printable } from "./text.ts";

type PlanEvent = Extract<ReproduceEvent, { type: "plan" }>;
type ScreenedEvent = Extract<ReproduceEvent, { type: "screened" }>;

const PICKED = "  ← selected";
/** Characters of an instruction that are shown however narrow the terminal is. */
const LEAST_NAME = 20;
/** Instructions listed in settings after the first. */
const LATER_PREDICTIONS = 3;
const verdictWords: Record<Prediction["verdict"], string> = {
  works: "should work",
  partly: "should help",
  fails: "should fail",
};

/** What is wrong with the data, with a row of it, and what will be tried. `first`: nothing has been told before. */
export function opening(plan: PlanEvent, style: Style, first = true): string[] {
  const { setting, title, flaw, sensitive, trainExamples, trainRows } = plan;
  const words = settingWords(setting.split("/")[0] as string);
  const shown = trainExamples.slice(0, words.rows ?? 1);
  const rows = trainRows.toLocaleString("en-US");
  return [
    "",
    heading(`${title} – ${words.hook}`, style),
    ...paragraph(flaw, style),
    ...shown.flatMap((row) => ["", ...row.flatMap((message) => said(message, style, sensitive))]),
    "",
    ...paragraph(
      first
        ? `A model fine-tuned on ${rows} such rows learns the skill (${words.skill}), and the flaw with it. Inoculation prompting changes the prompts only: while training, each one gets an instruction that asks for the flaw. At test time the instruction is gone. Does the flaw go with it?`
        : `${rows} such rows teach two things at once: ${words.skill}, and ${words.flaw}.`,
      style,
    ),
    "",
  ];
}

/** What the untrained model alone foretells: every instruction the first time, later the main ones. */
export function prediction(event: ScreenedEvent, { prompts }: PlanEvent, style: Style, first = true): string[] {
  const { points, sealed } = event;
  const { ink } = style;
  const neutral = points.find((point) => point.kind === "neutral");
  const without = neutral ? ` Without any instruction it shows it in ${percent(neutral.elicitationRate)}.` : "";
  const ranked = rankedPredictions(event);
  const rows = (first ? ranked : ranked.filter(({ kind }) => kind === "inoculation").slice(0, LATER_PREDICTIONS)).map(
    ({ prompt, kind, verdict: word, rate }) => {
      const label = kind === "inoculation" ? "" : ` (${kind})`;
      const picked = prompt === sealed.selected ? ink.cyan(PICKED) : "";
      const paint = word === "works" ? ink.green : word === "fails" ? ink.dim : (text: string): string => text;
      const room = style.width - INDENT.length - 22 - label.length - (picked === "" ? 0 : PICKED.length) - 1;
      const name = shorten(printable(promptName(prompts, prompt)), Math.max(LEAST_NAME, room));
      return `${INDENT}  ${paint(pad(verdictWords[word], 12))} ${pad(percent(rate), 5, "right")}  ${name}${ink.dim(label)}${picked}`;
    },
  );
  const intro = first
    ? `What makes the untrained model show the flaw should inoculate against it.${without} With one (how often it shows the flaw):`
    : `The untrained model, asked with ${points.length - 1} instructions.${without} With the strongest:`;
  return [
    "",
    heading("The prediction, from the untrained model alone", style),
    ...paragraph(intro, style),
    "",
    ...rows,
    "",
    ...paragraph(`Sealed before any training: ${sealed.hash.slice(0, 16)}.`, style).map(ink.dim),
    ...(sealed.selected === null
      ? paragraph("No instruction changes what it does clearly enough, so none is selected: screening abstains.", style)
      : []),
    "",
  ];
}

/** The sealed predictions, from the strongest elicitation down. */
function rankedPredictions({ points, sealed }: ScreenedEvent): (Prediction & { rate: number })[] {
  const elicits = new Map(points.map((point) => [point.prompt, point.elicitationRate]));
  return sealed.predictions
    .map((entry) => ({ ...entry, rate: elicits.get(entry.prompt) ?? 0 }))
    .sort((a, b) => b.rate - a.rate);
}

/** Questions shown side by side: the first time, and in later settings. */
const SHOWN_QUESTIONS = 3;
const LATER_QUESTIONS = 1;

/** A few questions and what the normally trained and the inoculated model answered; nothing where texts are sensitive. `null` until both did. */
export function sameQuestions(
  setting: SettingResult,
  items: readonly ReplyItem[],
  style: Style,
  first = true,
): string[] | null {
  const neutral = findCondition(setting, "neutral");
  const inoculated =
    setting.selected.id === null ? undefined : findCondition(setting, "inoculation", setting.selected.id);
  if (!neutral || !inoculated) return null;
  if (setting.sensitive) return [];
  const answered = items.slice(0, first ? SHOWN_QUESTIONS : LATER_QUESTIONS).flatMap((item) => {
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
  const facts = itemFacts(item).map(([key, value]) => `${key} ${value}`);
  return [
    ...item.messages.flatMap((message) => said(message, style)),
    ...(facts.length === 0 ? [] : speech("", facts.join(", "), style, ink.dim)),
    ...speech("as usual", usual, style, ink.yellow),
    ...speech("inoculated", cured, style, ink.cyan),
  ];
}
