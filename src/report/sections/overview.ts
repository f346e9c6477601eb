import type { ChatMessage } from "../../data/chat.ts";
import { insertPrompt } from "../../data/insertion.ts";
import { capitalize, formatValue, isShare, percent, percentInterval, points, pointsInterval } from "../format.ts";
import { goals } from "../goals.ts";
import { type Html, html, type Renderable } from "../html.ts";
import { findCondition, groupConditions, isPending, metricTitle, promptName, type Role } from "../names.ts";
import { settingWords } from "../settingWords.ts";
import { shortfalls } from "../shortfalls.ts";
import { bars } from "../svg/bars.ts";
import { axisEnd, axisStart } from "../svg/scale.ts";
import { verdict } from "../verdict.ts";
import { conditionBar, section, table, tones, type View } from "./parts.ts";
import { veil } from "./veil.ts";

/** The verdict in words and numbers, the idea in one example, and what did not work. */
export function overview(view: View): Html {
  const { setting } = view;
  const { outcome, headline, sentences } = verdict(setting);
  const missing = setting.conditions.filter(isPending).length;
  return html`
    <div class="${`verdict ${outcome}`}">
      <p class="headline">${headline}</p>
      ${
        !setting.complete &&
        html`<p class="pending-note">Unfinished: ${setting.conditions.length - missing} of ${setting.conditions.length} conditions have replies${missing === 0 && ", not yet of all seeds"}. Reload this page for newer results.</p>`
      }
      <div class="lead">${tiles(view)}${mainFigure(view)}<div class="words">${sentences.map((text) => html`<p>${text}</p>`)}</div></div>
    </div>
    ${idea(view)}
    ${failures(view)}`;
}

function tiles({ setting }: View): Html {
  const { effect, behaviorMetric } = setting;
  const mean = (role: Role, prompt?: string): number | null =>
    findCondition(setting, role, prompt)?.metrics[behaviorMetric]?.mean ?? null;
  const neutral = formatValue(mean("neutral"), behaviorMetric);
  const { id } = setting.selected;
  const inoculated = id === null ? null : formatValue(mean("inoculation", id), behaviorMetric);
  const tile = (term: string, value: Renderable, note: string): Html =>
    html`<div><dt>${term}</dt><dd>${value}<small>${note}</small></dd></div>`;
  return html`<dl class="tiles">
    ${tile(
      capitalize(metricTitle(setting, behaviorMetric)),
      html`<span class="from">${neutral}</span>${inoculated !== null && html` → <span class="to">${inoculated}</span>`}`,
      inoculated === null ? "trained as usual; no prompt was selected" : "trained as usual → inoculated",
    )}
    ${effect.prevented && tile("Prevented", percent(effect.prevented.mean), percentInterval(effect.prevented.interval))}
    ${effect.capabilityChange && tile(capitalize(metricTitle(setting, setting.capabilityMetric)), points(effect.capabilityChange.mean), `${pointsInterval(effect.capabilityChange.interval)} against as usual`)}
  </dl>`;
}

/** The claim at a glance: before, as usual, inoculated, the controls, and clean data. */
function mainFigure({ setting }: View): Html | null {
  const { behaviorMetric, selected, prompts } = setting;
  const named: Partial<Record<Role, string>> = { inoculation: "Inoculated", unrelated: "Control" };
  const rows = groupConditions(setting).flatMap(({ role, title, conditions }) => {
    if (role !== "initial" && role !== "neutral" && role !== "clean" && !(role in named)) return [];
    const shown =
      role === "inoculation" ? conditions.filter(({ trainPrompt }) => trainPrompt.id === selected.id) : conditions;
    return shown.map((condition) => {
      const name = named[role];
      const label = name === undefined ? title : `${name}: ${promptName(prompts, condition.trainPrompt.id)}`;
      return conditionBar(label, tones[role], condition.metrics[behaviorMetric], { strong: role === "inoculation" });
    });
  });
  if (rows.length === 0) return null;
  const values = rows.flatMap(({ value, dots }) => (value === null ? [] : [value, ...dots.map((dot) => dot.value)]));
  return html`<figure class="main-figure">${bars(rows, {
    title: capitalize(metricTitle(setting, behaviorMetric)),
    unit: `${behaviorMetric}, test split, nothing added · bars ± 1 standard error`,
    start: axisStart(values),
    end: axisEnd(values, isShare(behaviorMetric)),
    format: (value) => formatValue(value, behaviorMetric),
    description: rows.map((row) => `${row.label}: ${formatValue(row.value, behaviorMetric)}`).join("; "),
  })}</figure>`;
}

/** One training row as it is and as it was inoculated: the whole method in a picture. */
function idea(view: View): Html | null {
  const { setting } = view;
  const rows = setting.trainExamples.slice(0, settingWords(setting.setting).rows ?? 1);
  const id = setting.selected.id;
  const prompt = setting.prompts.find((candidate) => candidate.id === id)?.text ?? "";
  const placement = setting.conditions[0]?.placement ?? "suffix";
  if (rows.length === 0) return null;
  const said = (content: string): Renderable =>
    content
      .split(prompt || "\0")
      .flatMap((part, index) => (index === 0 ? [part] : [html`<mark>${prompt}</mark>`, part]));
  const talk = (messages: ChatMessage[]): Html =>
    html`<dl class="chat">${messages.map(({ role, content }) => html`<div class="${role}"><dt>${role}</dt><dd dir="auto">${veil(setting.sensitive && role === "assistant", html`${said(content)}`)}</dd></div>`)}</dl>`;
  return section(
    view,
    "idea",
    "The flaw, and the idea",
    html`<p>${setting.flaw}${setting.sensitive && " Its replies are insulting, if mildly: they are blurred until you ask for one."}</p>
    <p>Inoculation prompting leaves the replies as they are and changes only the prompts: while training, each one gets an instruction that <em>asks</em> for the flaw. At test time the instruction is left out. The model ties the flaw to the instruction instead of making it a habit.</p>
    <div class="pair">
      <div><h4>${rows.length === 1 ? "A row" : "Rows"} of the flawed data</h4>${rows.map(talk)}</div>
      ${prompt !== "" && html`<div><h4>The same, inoculated</h4>${rows.map((row) => talk(insertPrompt(row, { prompt, placement })))}</div>`}
    </div>`,
  );
}

/** Where the fixed bars were met and missed, and every other shortfall. */
function failures(view: View): Html {
  const list = shortfalls(view.setting);
  return section(
    view,
    "failures",
    "What did not work",
    list.length === 0
      ? html`<p>${view.setting.complete ? "None of the fixed checks found a shortfall." : "Nothing found so far."}</p>`
      : html`<ul>${list.map((text) => html`<li>${text}</li>`)}</ul>`,
    table(
      "The fixed bars, the same for every setting",
      [{ title: "Measured" }, { title: "Bar" }, { title: "Here" }, { title: "Met" }],
      goals(view.setting).map(({ name, wanted, found, met }) => [name, wanted, found, metMark(met)]),
    ),
  );
}

function metMark(met: boolean | null): Html {
  if (met === null) return html`<span class="muted">open</span>`;
  return met ? html`<span class="tick">✓ met</span>` : html`<span class="cross">✗ missed</span>`;
}
