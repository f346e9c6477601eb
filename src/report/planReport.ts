import type { DoseCurve } from "../experiment/plans/doseCurve.ts";
import type { PlanConditionResult, PlanTable } from "../experiment/plans/planResult.ts";
import type { PlanResult } from "../experiment/plans/runPlan.ts";
import { percent, percentInterval } from "./format.ts";
import { type Html, html } from "./html.ts";
import { roleOf } from "./names.ts";
import { htmlPage } from "./page.ts";
import { metricCell, planConditionName, wearingOffText } from "./planTable.ts";
import { responsibleUse } from "./responsibleUse.ts";
import { conditionBar, figure, metricChart, table, tones } from "./sections/parts.ts";
import { type Line, lines } from "./svg/lines.ts";

export interface PlanReportOptions extends Pick<PlanResult, "title" | "plan" | "settings"> {
  /** What was decided on these grounds, and why. @default nothing was to decide */
  decision?: { verdict: string; reasons: readonly string[] };
  /** @default `npx inoculate run` of the plan */
  command?: string;
}

/** One self-contained HTML page about a plan: its conditions as bars and a table, and its dose curves. All data is escaped. */
export function planReport({ title, plan, settings, decision, command }: PlanReportOptions): string {
  return htmlPage({
    title: `Inoculation prompting: ${title}`,
    lead: html`<p>${title}</p>`,
    main: html`${decision && decisionPart(decision)}
${settings.map(tablePart)}
<section aria-labelledby="use"><h2 id="use">Before a model is released</h2><p>${responsibleUse}</p></section>
<section aria-labelledby="repeat"><h2 id="repeat">Repeat it</h2>
  <pre><code>${command ?? `npx inoculate run ${plan}`}</code></pre>
</section>`,
  });
}

function decisionPart({ verdict, reasons }: NonNullable<PlanReportOptions["decision"]>): Html {
  return html`<section aria-labelledby="decision"><h2 id="decision">${verdict}</h2>
  <ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>
</section>`;
}

function tablePart(part: PlanTable, index: number): Html {
  const { title, base, complete, conditions, shown, doses } = part;
  const id = `table-${index}`;
  return html`<article class="setting" aria-labelledby="${id}">
  <h2 id="${id}">${title}${base !== "embedded" && `, ${base}`}</h2>
  <section>
  <p>Each bar is the mean over the training seeds, with one standard error and a dot per seed; every condition answers the same test items. The initial model has no training seed, its standard error is over items.${!complete && " Some runs are missing."}</p>
  ${figure(
    "Conditions: training data / training instruction / instruction at test time, and what else sets them apart.",
    shown.map((metric) => metricBars(part, metric)),
    table(
      "Mean ± standard error, 95% interval over seeds and items",
      [{ title: "Condition" }, ...shown.map((metric) => ({ title: metric, numeric: true }))],
      conditions.map((condition) => [
        planConditionName(condition),
        ...shown.map((metric) => metricCell(condition.metrics[metric], metric)),
      ]),
    ),
  )}
  </section>
  ${doses.length > 0 && dosePart(doses, id)}
</article>`;
}

function metricBars({ conditions }: PlanTable, metric: string): Html {
  const known = conditions.filter(({ metrics }) => (metrics[metric]?.mean ?? null) !== null);
  const rows = labelled(known).map(({ condition, label, heading }) =>
    conditionBar(label, tones[roleOf(condition)], condition.metrics[metric], { heading }),
  );
  return metricChart(rows, metric, { title: metric });
}

/** Short labels: conditions that differ only in their factors stand under one heading, with what they don't share. */
function labelled(
  conditions: readonly PlanConditionResult[],
): { condition: PlanConditionResult; label: string; heading: string | undefined }[] {
  const parts = conditions.map((condition) => {
    const [key = "", ...factors] = planConditionName(condition).split(", ");
    return { condition, key, factors };
  });
  return parts.map(({ condition, key, factors }, index) => {
    const group = parts.filter((other) => other.key === key);
    if (group.length === 1) return { condition, label: planConditionName(condition), heading: undefined };
    const own = factors.filter((factor) => !group.every((other) => other.factors.includes(factor)));
    const label = own.join(", ") || (condition.step === "last" ? "the finished model" : key);
    return { condition, label, heading: parts[index - 1]?.key === key ? undefined : key };
  });
}

function dosePart(doses: readonly DoseCurve[], id: string): Html {
  return html`<section aria-labelledby="${id}-doses">
  <h3 id="${id}-doses">How long does it hold?</h3>
  <p>The share prevented at each checkpoint, against usual training on the same data up to the same step. Inoculation has worn off where it prevents less than half.</p>
  <ul>${doses.map((dose) => html`<li>${dose.id}: ${wearingOffText(dose)}</li>`)}</ul>
  ${figure(
    "The share prevented in bold, its 95% interval over seeds and items above and below.",
    doses.map(doseLines),
    table(
      "Share prevented, with 95% intervals",
      [{ title: "Training" }, { title: "Step", numeric: true }, { title: "Prevented", numeric: true }],
      doses.flatMap((dose) =>
        dose.points.map(({ step, prevented }) => [
          dose.id,
          step,
          prevented === null ? "–" : `${percent(prevented.mean)} ${percentInterval(prevented.interval)}`,
        ]),
      ),
    ),
  )}
</section>`;
}

function doseLines({ id, trainPrompt, points }: DoseCurve): Html {
  const known = points.flatMap(({ step, prevented }) => (prevented === null ? [] : [{ step, ...prevented }]));
  const tone = trainPrompt.kind === "unrelated" ? "control" : "cure";
  const line = (label: string, strong: boolean, y: (point: (typeof known)[number]) => number): Line => ({
    label,
    tone: strong ? tone : "base",
    strong,
    points: known.map((point) => ({ x: point.step, y: y(point) })),
  });
  return lines(
    [
      line("95% interval, upper end", false, ({ interval }) => interval[1]),
      line("95% interval, lower end", false, ({ interval }) => interval[0]),
      line("share prevented", true, ({ mean }) => mean),
    ],
    {
      title: id,
      xLabel: "optimizer step",
      yLabel: "share prevented",
      formatY: percent,
      description: "The table below the figure holds every number.",
    },
  );
}
