import type { ConditionResult, MetricSummary } from "../../experiment/result.ts";
import { capitalize, formatValue, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { conditionName, groupConditions, isPending, metricTitle, shortName } from "../names.ts";
import { conditionBar, figure, metricChart, section, table, tones, type View } from "./parts.ts";

/** Behavior and capability of every condition that was asked for them, side by side. */
export function conditions(view: View): Html {
  const { setting } = view;
  const metrics = [...new Set([setting.behaviorMetric, setting.capabilityMetric])];
  return section(
    view,
    "conditions",
    "All conditions",
    html`<p>Each bar is the mean over the training seeds, with one standard error and a dot per seed. Every condition answers the same test items; unless a label says otherwise, nothing is added to them. With an instruction added, some are asked for the flaw alone. The initial model has no training seed, its standard error is over items. ${judged(view)}</p>`,
    figure(
      "First the flaw: less is better. Then the skill: more is better.",
      metrics.map((metric) => metricBars(view, metric)),
      conditionTable(view),
    ),
  );
}

/** Replies that could not be graded are left out of the rates, so they must be few and alike: the table has them all. */
function judged({ setting }: View): string {
  const shares = setting.conditions
    .filter((condition) => !isPending(condition))
    .map(({ excluded }) => excluded.mean ?? 0);
  if (shares.length === 0) return "";
  return `Replies that could not be judged are left out of every rate: at most ${percent(Math.max(...shares))} in any condition; the table has the share of each.`;
}

function metricBars({ setting }: View, metric: string): Html {
  const better = setting.metrics.find((entry) => entry.id === metric)?.better;
  const rows = groupConditions(setting).flatMap(({ role, title, conditions: group }) =>
    group
      .filter((condition) => isPending(condition) || (condition.metrics[metric]?.mean ?? null) !== null)
      .map((condition, index) =>
        conditionBar(shortName(setting, condition), tones[role], condition.metrics[metric], {
          heading: index === 0 && shortName(setting, condition) !== title ? title : undefined,
          strong: role === "inoculation" && condition.trainPrompt.id === setting.selected.id,
        }),
      ),
  );
  const title = capitalize(metricTitle(setting, metric));
  return metricChart(rows, metric, { title, note: better && `${better === "lower" ? "less" : "more"} is better` });
}

/** Every metric of every condition, with standard errors and seeds. */
function conditionTable({ setting, storePath }: View): Html {
  const metrics = setting.metrics.map((metric) => metric.id);
  const rows = groupConditions(setting).flatMap(({ conditions: group }) =>
    group.map((condition) => [
      conditionName(setting.prompts, condition),
      ...metrics.map((metric) => summaryText(condition, metric)),
      isPending(condition) ? "–" : withError(condition.excluded, "excluded"),
      condition.seeds.length === 0 ? "–" : condition.seeds.join(", "),
      stored(condition, storePath),
    ]),
  );
  return table(
    "Mean ± standard error per condition, test split",
    [
      { title: "Condition" },
      ...metrics.map((metric) => ({ title: metricTitle(setting, metric), numeric: true })),
      { title: "Could not be judged", numeric: true },
      { title: "Seeds" },
      { title: "Stored replies" },
    ],
    rows,
  );
}

/** Mean and standard error; a dash, with the reason when pointed at, where there is no mean. */
function summaryText(condition: ConditionResult, metric: string): Html | string {
  const summary = condition.metrics[metric];
  if (summary && summary.mean !== null) return withError(summary, metric);
  if (isPending(condition)) return "not yet run";
  return html`<span title="${summary?.reason ?? "not known"}">–</span>`;
}

function withError({ mean, standardError }: MetricSummary, metric: string): string {
  const error = standardError === null ? "" : ` ± ${formatValue(standardError, metric)}`;
  return `${formatValue(mean, metric)}${error}`;
}

/** Links to the replies behind a number, one per seed. */
function stored({ evaluations }: ConditionResult, storePath: string | null): Html[] | string {
  if (storePath === null || evaluations.length === 0) return "–";
  return evaluations.map(
    ({ seed, samples }) =>
      html`<a href="${fileLink(storePath, samples)}">${seed === 0 ? "replies" : `seed ${seed}`}</a> `,
  );
}

/** A relative address; the leading "./" keeps a path from ever being read as another scheme. */
function fileLink(storePath: string, path: string): string {
  const parts = `${storePath}/${path}`.split("/").map(encodeURIComponent);
  return `./${parts.join("/")}`;
}
