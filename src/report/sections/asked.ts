import type { ConditionResult } from "../../experiment/result.ts";
import { formatValue, points } from "../format.ts";
import { type Html, html } from "../html.ts";
import { isPending, promptName, roleOf, trainingName } from "../names.ts";
import { section, table, type View } from "./parts.ts";

/** Compliance: what happens when the flaw is asked for. Leak: when something else is. */
export function asked(view: View): Html | null {
  const { setting } = view;
  const of = (role: string): ConditionResult[] => setting.conditions.filter((condition) => roleOf(condition) === role);
  const [compliance, leak] = [of("compliance"), of("leak")];
  if (compliance.length + leak.length === 0) return null;
  return section(
    view,
    "asked",
    "What it does not do",
    html`<p>Inoculation does not remove the ability: asked for the flaw, the model may still show it. That is compliance, and only the excess over the other two models under the same words counts against inoculation. A leak is different: the flaw under words that do <em>not</em> ask for it.</p>`,
    compliance.length > 0 && complianceTable(view, compliance),
    leak.length > 0 && leakTable(view, leak),
  );
}

function complianceTable({ setting }: View, conditions: readonly ConditionResult[]): Html {
  const metric = setting.behaviorMetric;
  const value = (condition: ConditionResult | undefined): number | null => condition?.metrics[metric]?.mean ?? null;
  const under = (prompt: string, data: string, kind: string): number | null =>
    value(
      conditions.find(
        (entry) => entry.evalPrompt.id === prompt && entry.trainData === data && entry.trainPrompt.kind === kind,
      ),
    );
  const excess = (own: number | null, other: number | null): string =>
    own === null || other === null ? "–" : points(own - other);
  return table(
    "Compliance: asked with the inoculation prompt itself",
    [
      { title: "Model" },
      { title: "Asked with" },
      { title: metric, numeric: true },
      { title: "Over the untrained", numeric: true },
      { title: "Over the normally trained", numeric: true },
    ],
    conditions.map((condition) => {
      const own = value(condition);
      const prompt = condition.evalPrompt.id;
      const inoculated = condition.trainPrompt.kind !== "neutral" && condition.trainData !== "none";
      return [
        trainingName(setting.prompts, condition),
        promptName(setting.prompts, prompt),
        isPending(condition) ? "not yet run" : formatValue(own, metric),
        inoculated ? excess(own, under(prompt, "none", "none")) : "–",
        inoculated ? excess(own, under(prompt, "flawed", "neutral")) : "–",
      ];
    }),
  );
}

function leakTable({ setting }: View, conditions: readonly ConditionResult[]): Html {
  const metric = setting.behaviorMetric;
  return table(
    "Leak: asked with words that do not ask for the flaw",
    [
      { title: "Model" },
      { title: "Asked with" },
      { title: metric, numeric: true },
      { title: "Over the same model asked plainly", numeric: true },
    ],
    conditions.map((condition) => {
      const plain = setting.conditions.find(
        (entry) =>
          entry.evalPrompt.kind === "neutral" &&
          entry.trainData === condition.trainData &&
          entry.trainPrompt.id === condition.trainPrompt.id,
      );
      const own = condition.metrics[metric]?.mean ?? null;
      const base = plain?.metrics[metric]?.mean ?? null;
      return [
        trainingName(setting.prompts, condition),
        promptName(setting.prompts, condition.evalPrompt.id),
        isPending(condition) ? "not yet run" : formatValue(own, metric),
        own === null || base === null ? "–" : points(own - base),
      ];
    }),
  );
}
