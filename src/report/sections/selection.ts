import type { Choice } from "../../experiment/result.ts";
import { formatValue, percent } from "../format.ts";
import { type Html, html } from "../html.ts";
import { findCondition, promptName } from "../names.ts";
import { preventedShare } from "../shortfalls.ts";
import { section, table, type View } from "./parts.ts";

/** Which prompt was picked, how, and what other ways of picking would have given. */
export function selection(view: View): Html {
  const { setting } = view;
  const { selected, beside, behaviorMetric, prompts } = setting;
  const own = selected.id === null ? undefined : findCondition(setting, "inoculation", selected.id);
  const behavior = own?.metrics[behaviorMetric]?.mean ?? null;
  const headline: Choice | null =
    selected.id === null || behavior === null
      ? null
      : { id: selected.id, behavior, prevented: preventedShare(setting, behavior) };
  const row = (how: string, choice: Choice | null): (string | Html)[] => [
    how,
    choice ? promptName(prompts, choice.id) : "–",
    choice ? formatValue(choice.behavior, behaviorMetric) : "–",
    choice?.prevented == null ? "–" : percent(choice.prevented),
  ];
  return section(
    view,
    "selection",
    "The selected prompt",
    html`<p>${
      selected.id === null
        ? `No prompt was selected: ${selected.reason ?? "no candidate changes what the initial model does"}.`
        : `${promptName(prompts, selected.id)} was picked by ${selected.by} on the ${selected.split} items, before any training and without looking at any outcome. That is the headline. Nothing here was chosen on the test items.`
    }</p>`,
    table(
      "What other ways of choosing would have given, on the test split",
      [
        { title: "Chosen" },
        { title: "Instruction" },
        { title: behaviorMetric, numeric: true },
        { title: "Prevented", numeric: true },
      ],
      [
        row("by screening, before training (the headline)", headline),
        row("by outcome on the validation split", beside.validationSelected),
        row("median inoculation prompt", beside.median),
        row("worst inoculation prompt", beside.worst),
      ],
    ),
  );
}
