import { capitalize, formatValue, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { findCondition, metricTitle, promptName, roleOf } from "../names.ts";
import { PRAISE_METRIC, praiseDissociation } from "../praise.ts";
import { settingWords } from "../settingWords.ts";
import { type Bar, bars } from "../svg/bars.ts";
import { axisEnd } from "../svg/scale.ts";
import { conditionBar, figure, section, tones, type View } from "./parts.ts";

/** The double dissociation: does each instruction remove what it names, and only that? */
export function praise(view: View): Html | null {
  const { setting } = view;
  const praised = setting.conditions.filter((condition) => roleOf(condition) === "praise");
  if (praised.length === 0 || !setting.metrics.some((metric) => metric.id === PRAISE_METRIC)) return null;
  const inoculated =
    setting.selected.id === null ? undefined : findCondition(setting, "inoculation", setting.selected.id);
  const shown = [findCondition(setting, "neutral"), inoculated, ...praised].filter(
    (condition) => condition !== undefined,
  );
  const chart = (metric: string): Html => {
    const rows: Bar[] = shown.map((condition) => {
      const role = roleOf(condition);
      const label =
        role === "neutral" ? "Flawed data, as usual" : promptName(setting.prompts, condition.trainPrompt.id);
      return conditionBar(label, tones[role], condition.metrics[metric], { strong: role === "inoculation" });
    });
    return bars(rows, {
      title: capitalize(metricTitle(setting, metric)),
      unit: metric,
      end: axisEnd(
        rows.flatMap((row) => row.value ?? []),
        metric !== PRAISE_METRIC,
      ),
      format: (value) => formatValue(value, metric),
      description: rows.map((row) => `${row.label}: ${formatValue(row.value, metric)}`).join("; "),
    });
  };
  const { flaw } = settingWords(setting.setting);
  return section(
    view,
    "praise",
    "Does it remove what it names?",
    html`<p>The flawed replies teach praise beside ${flaw}. If any odd instruction did the job, every one of them would cut both. The test: instructions that ask for <em>praise</em> should cut praise, those that ask for <em>${flaw}</em> should cut that.</p><p>${result(view)}</p>`,
    figure(
      "Asked without any instruction, after training with the one shown.",
      [chart(PRAISE_METRIC), chart(setting.behaviorMetric)],
      null,
    ),
  );
}

function result({ setting }: View): string {
  const found = praiseDissociation(setting);
  if (found === null) return "Not known yet.";
  const { praiseByPraise, behaviorByPraise, praiseByInoculation, behaviorByInoculation, holds } = found;
  const { flaw } = settingWords(setting.setting);
  return `Prompts that ask for praise cut ${percent(praiseByPraise)} of the praise and ${percent(behaviorByPraise)} of the ${flaw}; the selected inoculation prompt cuts ${percent(praiseByInoculation)} of the praise and ${percent(behaviorByInoculation)} of the ${flaw}. ${holds ? "The double dissociation holds." : "A clean double dissociation does not show here."}`;
}
