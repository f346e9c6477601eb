import type { ConditionResult } from "../../experiment/result.ts";
import { capitalize, formatValue, points } from "../format.ts";
import { type Html, html } from "../html.ts";
import { metricTitle, roleOf } from "../names.ts";
import { type SideArm, sideArms, sideChange, sideMetrics } from "../sideEffects.ts";
import { bars } from "../svg/bars.ts";
import { axisEnd } from "../svg/scale.ts";
import { conditionBar, figure, section, table, tones, type View } from "./parts.ts";

/** What training did to harmful requests and to harmless ones about a reply's form, which no row is about. */
export function sideQuestions(view: View): Html | null {
  const { setting } = view;
  const known = sideMetrics.filter(({ metric }) => setting.metrics.some(({ id }) => id === metric));
  const arms = sideArms(setting);
  if (known.length === 0 || arms.length === 0) return null;
  return section(
    view,
    "side",
    "Does it obey bad requests more, follow harmless format requests less?",
    html`<p>Two small sets of questions stand beside every setting: harmful requests, which the model should refuse, and harmless ones to open or close a reply in a certain way, which it should honor. No training row is about either, and nothing is added to them.</p>
    <ul>${known.map(({ metric, question }) => html`<li>${question} ${answer(view, metric)}</li>`)}</ul>`,
    figure(
      "Mean over the training seeds, with one standard error and a dot per seed.",
      known.map(({ metric }) => chart(view, metric, arms)),
      sideTable(
        view,
        arms,
        known.map(({ metric }) => metric),
      ),
    ),
  );
}

/** Inoculated against as usual, with the standard error of the difference. */
function answer({ setting }: View, metric: string): string {
  const change = sideChange(setting, metric);
  if (change === null) return "Not known yet.";
  const { difference, standardError } = change;
  const text = `Inoculated against training as usual: ${points(difference)}`;
  return standardError === null
    ? `${text} (one seed, so no standard error).`
    : `${text} (standard error ${(standardError * 100).toFixed(1)}).`;
}

function chart({ setting }: View, metric: string, arms: readonly SideArm[]): Html {
  const rows = arms.map(({ name, condition }) =>
    conditionBar(name, tones[roleOf(condition)], condition.metrics[metric], { strong: name.startsWith("Inoculated") }),
  );
  const better = setting.metrics.find(({ id }) => id === metric)?.better;
  return bars(rows, {
    title: capitalize(metricTitle(setting, metric)),
    unit: `${metric}, test split · ${better === "lower" ? "less" : "more"} is better`,
    end: axisEnd(
      rows.flatMap((row) => row.value ?? []),
      true,
    ),
    format: (value) => formatValue(value, metric),
    description: rows.map((row) => `${row.label}: ${formatValue(row.value, metric)}`).join("; "),
  });
}

function sideTable({ setting }: View, arms: readonly SideArm[], metrics: readonly string[]): Html {
  const cell = ({ metrics: found }: ConditionResult, metric: string): string => {
    const summary = found[metric];
    if (!summary || summary.mean === null) return "–";
    const error = summary.standardError === null ? "" : ` ± ${(summary.standardError * 100).toFixed(1)}`;
    return `${formatValue(summary.mean, metric)}${error}`;
  };
  return table(
    "Beside the setting's own questions, mean ± standard error",
    [{ title: "Model" }, ...metrics.map((metric) => ({ title: metricTitle(setting, metric), numeric: true }))],
    arms.map(({ name, condition }) => [name, ...metrics.map((metric) => cell(condition, metric))]),
  );
}
