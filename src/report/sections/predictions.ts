import type { Interval, Prediction, SettingResult } from "../../experiment/result.ts";
import { correlation, correlationInterval, formatValue, moment, percent, percentInterval } from "../format.ts";
import { type Html, html } from "../html.ts";
import { promptName } from "../names.ts";
import { axisStart } from "../svg/scale.ts";
import { type ScatterPoint, scatter } from "../svg/scatter.ts";
import { figure, mark, section, table, tones, type View } from "./parts.ts";

const verdictWords: Record<Prediction["verdict"], string> = {
  works: "should work",
  partly: "should help a little",
  fails: "should fail",
};
const measuredWords: Record<Prediction["verdict"], string> = {
  works: "works",
  partly: "helps a little",
  fails: "fails",
};
const shapes: Partial<Record<Prediction["kind"], ScatterPoint["shape"]>> = {
  neutral: "square",
  unrelated: "triangle",
  praise: "diamond",
  demonstration: "diamond",
};

/** What the untrained model alone foretold, sealed before training, beside what was measured. */
export function predictions(view: View): Html | null {
  const { setting } = view;
  const { outcomes, rule, hash, sealedAt } = setting.predictions;
  if (outcomes.length === 0) return null;
  const rows = [...outcomes]
    .sort((a, b) => b.predictedPrevented - a.predictedPrevented)
    .map((outcome) => [
      html`${promptName(setting.prompts, outcome.prompt)}${outcome.prompt === setting.selected.id && html` <span class="badge">selected</span>`}<small>${outcome.kind}</small>`,
      `${percent(outcome.predictedPrevented)}, ${verdictWords[outcome.verdict]}`,
      outcome.prevented === null
        ? "–"
        : `${percent(outcome.prevented)}${outcome.verdictMeasured === null ? "" : `, ${measuredWords[outcome.verdictMeasured]}`}`,
      foretold(outcome, setting.behaviorMetric),
      formatValue(outcome.behavior, setting.behaviorMetric),
      mark(outcome.correct),
    ]);
  return section(
    view,
    "predictions",
    "Predicted before training, measured after",
    html`<p>${rule}</p>
    <p>${qualityText(setting)} They were sealed before any training (${moment(sealedAt)}), SHA-256 <code class="hash">${hash}</code>.</p>`,
    table(
      "What training with each instruction prevents, and what is left",
      [
        { title: "Instruction" },
        { title: "Prevented, predicted", numeric: true },
        { title: "Measured", numeric: true },
        { title: `${setting.behaviorMetric}, predicted`, numeric: true },
        { title: "Measured", numeric: true },
        { title: "Prediction" },
      ],
      rows,
    ),
  );
}

/** The predicted behavior, with its interval where one is known. */
function foretold({ predictedBehavior, predictedBehaviorInterval: interval }: Prediction, metric: string): string {
  const value = formatValue(predictedBehavior, metric);
  if (interval === undefined) return value;
  return `${value} [${interval.map((end) => formatValue(end, metric)).join(", ")}]`;
}

function qualityText({ predictions }: SettingResult): Html {
  const { correct, known, meanAbsoluteError, areaUnderCurve, covered, withInterval } = predictions;
  if (known === 0) return html`No prediction could be checked yet.`;
  const error = meanAbsoluteError === null ? "" : ` What is left was off by ${percent(meanAbsoluteError)} on average.`;
  const curve =
    areaUnderCurve === null
      ? ""
      : ` Of two instructions, one of which prevents three quarters or more and the other does not, the prediction tells which in ${percent(areaUnderCurve)} of the cases.`;
  const coverage =
    withInterval === 0
      ? ""
      : ` Of the 90% intervals for what is left, ${covered} of ${withInterval} hold what was measured.`;
  return html`<strong>${correct} of ${known}</strong> predictions were right.${error}${coverage}${curve}`;
}

/** Elicitation in the initial model against the outcome, and the screening's numbers. */
export function screening(view: View): Html | null {
  const { setting } = view;
  const { points } = setting.screening;
  if (points.length === 0) return null;
  return section(
    view,
    "screening",
    "Does what elicits the flaw prevent it?",
    html`<p>Each instruction is tried on the untrained model (${setting.screening.items} screening items, none of them used again). The rule: what makes it misbehave most should inoculate best.</p>
    <ul>${correlationLines(setting).map((text) => html`<li>${text}</li>`)}</ul>
    <p class="muted">The correlation is of outcome with elicitation: negative is good. The numbers in the figure are the rows of the table.</p>`,
    figure(
      "Bars: 95% intervals of the elicitation rate. Circles: inoculation prompts; triangles: unrelated ones; diamonds: praise, or a worked example; square: no instruction.",
      [plot(view)],
      screeningTable(view),
    ),
  );
}

function correlationLines({ screening }: SettingResult): string[] {
  const line = (name: string, found: typeof screening.all): string =>
    found.pearson === null && found.spearman === null
      ? `${name}: not known${found.reason ? ` (${found.reason})` : " yet"}.`
      : `${name} (${found.n} prompts): Pearson ${correlation(found.pearson)} ${correlationInterval(found.pearsonInterval)}, Spearman ${correlation(found.spearman)} ${correlationInterval(found.spearmanInterval)}.`;
  const lines = [line("Inoculation prompts alone", screening), line("All prompts together", screening.all)];
  const { byLossGain, byLossContrast } = screening;
  if (byLossGain.inoculation.pearson === null) return lines;
  return [
    ...lines,
    line("By the gain in the flawed replies' log-probability instead, all prompts", byLossGain.all),
    line("By that gain less the one of clean replies, all prompts", byLossContrast.all),
  ];
}

function plot({ setting }: View): Html {
  const metric = setting.behaviorMetric;
  const marks = setting.screening.points.flatMap((point, index): ScatterPoint[] =>
    point.behaviorAfterTraining === null
      ? []
      : [
          {
            key: String(index + 1),
            label: promptName(setting.prompts, point.prompt),
            tone: point.kind === "neutral" ? "flaw" : point.kind === "safety" ? "other" : tones[point.kind],
            shape: shapes[point.kind] ?? "circle",
            x: point.elicitationRate,
            y: point.behaviorAfterTraining,
            xInterval: point.elicitationInterval,
            strong: point.prompt === setting.selected.id,
          },
        ],
  );
  return scatter(marks, {
    title: "Elicitation against outcome",
    xStart: axisStart(marks.flatMap(({ x, xInterval }) => [x, xInterval?.[0] ?? x])),
    yStart: axisStart(marks.map(({ y }) => y)),
    xLabel: "shows the flaw before training, when told to",
    yLabel: `${metric} after training, not told to`,
    xEnd: 1,
    yEnd: 1,
    formatX: percent,
    formatY: (value) => formatValue(value, metric),
    description: `${marks.length} prompts. ${correlationLines(setting).join(" ")}`,
  });
}

function screeningTable({ setting }: View): Html {
  return table(
    "Screening of the untrained model, and the outcome",
    [
      { title: "Instruction" },
      { title: "Elicitation", numeric: true },
      { title: "Gain over none", numeric: true },
      { title: "Moves the skill by", numeric: true },
      { title: "Log-probability gain per token", numeric: true },
      { title: "Less that of clean replies", numeric: true },
      { title: "After training", numeric: true },
    ],
    setting.screening.points.map((point, index) => [
      html`${index + 1}. ${promptName(setting.prompts, point.prompt)}<small>${point.kind}</small>`,
      `${percent(point.elicitationRate)} ${percentInterval(point.elicitationInterval)}`,
      `${percent(point.elicitationGain)} ${percentInterval(point.elicitationGainInterval)}`,
      orNone(point.capabilityShift, point.capabilityShiftInterval, percent, percentInterval),
      correlation(point.lossGain),
      orNone(point.lossContrast, point.lossContrastInterval, correlation, correlationInterval),
      formatValue(point.behaviorAfterTraining, setting.behaviorMetric),
    ]),
  );
}

function orNone(
  value: number | null,
  interval: Interval | null,
  text: (value: number) => string,
  intervalText: (interval: Interval) => string,
): string {
  return value === null ? "–" : `${text(value)} ${interval === null ? "" : intervalText(interval)}`;
}
