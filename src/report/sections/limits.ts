import type { SettingResult } from "../../experiment/result.ts";
import { count } from "../format.ts";
import { type Html, html } from "../html.ts";
import { isEmbedded } from "../names.ts";
import { comparePaper, PAPER } from "../paper.ts";
import { responsibleUse } from "../responsibleUse.ts";
import { section, table, type View } from "./parts.ts";

/** Where this run and the paper part ways. */
export function paper(view: View): Html | null {
  const rows = comparePaper(view.setting);
  if (rows.length === 0) return null;
  const word = (agrees: boolean | null): Html | string =>
    agrees === null
      ? "not known here"
      : agrees
        ? html`<span class="tick">✓ alike</span>`
        : html`<span class="cross">✗ differs</span>`;
  return section(
    view,
    "paper",
    "Beside the paper",
    html`<p>${PAPER}. Its models have billions of parameters, so compare directions, not magnitudes.</p>`,
    table(
      "Findings of the paper and of this run",
      [{ title: "Finding" }, { title: "Paper" }, { title: "Here" }, { title: "Direction" }],
      rows.map(({ finding, paper: theirs, here, agrees }) => [finding, theirs, here, word(agrees)]),
    ),
  );
}

/** What these numbers cannot tell, of all settings together. */
export function limits(settings: readonly SettingResult[]): Html {
  return html`<section aria-labelledby="limits"><h2 id="limits">Limits</h2><ul>
      ${
        settings.some(({ provenance }) => isEmbedded(provenance.baseModel)) &&
        html`<li>This model has about a million parameters and <strong>instruction-following is by construction</strong>. It was pretrained to follow such instructions. It shows the mechanism, not what your own model will do.</li>`
      }
      <li>One base model speaks only for itself; the intervals cover training seeds and test items, not other models.</li>
      <li>The selection rule fails where the initial model does not follow instructions: screening then has nothing to measure.</li>
      <li>Longer or harder training weakens inoculation. The recipe that each setting names is the only one that was tested here.</li>
      <li>Grades come from rules, running code or models, not from people, and can be fooled; read the stored replies beside them.</li>
      <li>${responsibleUse}</li>
    </ul></section>`;
}

/** Everything that decides the numbers. */
export function provenance(view: View): Html {
  const { provenance: facts, predictions, variant } = view.setting;
  const code = (text: string): Html => html`<code class="hash">${text}</code>`;
  const rows: [string, Html | string][] = [
    ["Setting", `${view.setting.setting}, variant ${variant}`],
    ["Base model", html`${facts.baseModel.split(/[\\/]/).slice(-2).join("/")} ${code(facts.baseModelHash)}`],
    ["Backend", `${facts.backend.id}, version ${facts.backend.version}`],
    ["Grader", `${facts.grader.id}, version ${facts.grader.version}`],
    ["Candidate prompts", code(facts.promptsHash)],
    ["Sealed predictions", code(predictions.hash)],
    ["Training rows", count(facts.trainRows)],
    [
      "Items",
      `screen ${facts.items.screen} and validation ${facts.items.validation} per group; test ${facts.items.test} for the flaw, ${facts.items.testCapability} for the skill, ${facts.items.testOther} per other group`,
    ],
    ["Recipe", code(JSON.stringify(facts.recipe))],
  ];
  return section(
    view,
    "provenance",
    "What decides these numbers",
    html`<dl class="facts-list">${rows.map(([term, value]) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`)}</dl>`,
  );
}
