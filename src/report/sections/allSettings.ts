import type { SettingResult } from "../../experiment/result.ts";
import {
  correlation,
  correlationInterval,
  formatValue,
  percent,
  percentInterval,
  points,
  pointsInterval,
} from "../format.ts";
import { goals, PREVENTED } from "../goals.ts";
import { type Html, html, type Renderable } from "../html.ts";
import { findCondition, metricTitle, type Role } from "../names.ts";
import { missedBars, overallHeadline, verdictWord } from "../overall.ts";
import { type ForestRow, forest } from "../svg/forest.ts";
import { outcomeOf } from "../verdict.ts";
import { table } from "./parts.ts";

/** Every setting at a glance: the share prevented as a figure, and one row of numbers for each. */
export function allSettings(settings: readonly SettingResult[]): Html {
  const rows = settings.map(row);
  return html`<section class="all" aria-labelledby="all-settings">
    <h2 id="all-settings">All settings</h2>
    <p class="headline">${overallHeadline(settings)}</p>
    <div class="beside">
      <figure>${forest(rows, {
        title: "How much of the flaw did inoculation prevent?",
        unit: "0%: as after training as usual · 100%: as after clean data",
        format: percent,
        bar: PREVENTED.mean,
        description: rows.map(({ label, value }) => `${label}: ${value}`).join("; "),
      })}<figcaption>Share of the flaw prevented by the prompt that screening picked, with 95% intervals. Dashed: the bar of ${percent(PREVENTED.mean)}.</figcaption></figure>
      <div class="words"><p>Each setting has training data that teach a skill and, with it, a flaw. The same model was fine-tuned on them three ways: <em>as usual</em>; <em>inoculated</em>, with an instruction in every prompt that asks for the flaw; and on <em>clean data</em>, which lack the flaw. Then all three were asked without any instruction.</p>
      <p>Which instruction to use was settled before training, by how strongly each brings the flaw out in the untrained model.</p>
      ${bars(settings)}</div>
    </div>
    ${numbers(settings)}
    <p class="muted">Square brackets hold 95% intervals. <em>Skill</em> and <em>over unrelated</em> are in percentage points: of the skill against training as usual, and of the share prevented against what unrelated instructions prevent. <em>Spearman</em> is the rank correlation of the outcome with what screening measured, over all prompts: negative is good.</p>
  </section>`;
}

/** What every setting is held to. */
function bars(settings: readonly SettingResult[]): Html | null {
  const [first] = settings;
  if (!first) return null;
  return html`<p>Every setting is held to the same bars:</p><ul>${goals(first).map(({ name, wanted }) => html`<li>${name}: ${wanted}</li>`)}</ul>`;
}

function mean(setting: SettingResult, role: Role, prompt?: string): string {
  const metric = setting.behaviorMetric;
  return formatValue(findCondition(setting, role, prompt)?.metrics[metric]?.mean ?? null, metric);
}

function inoculated(setting: SettingResult): string {
  const { id } = setting.selected;
  return id === null ? "–" : mean(setting, "inoculation", id);
}

function row(setting: SettingResult): ForestRow {
  const { prevented } = setting.effect;
  const outcome = outcomeOf(setting.effect);
  return {
    label: setting.title,
    tone: outcome === "works" ? "cure" : outcome === "helps" ? "other" : "flaw",
    mean: prevented?.mean ?? null,
    interval: prevented?.interval ?? null,
    value: prevented ? `${percent(prevented.mean)} ${percentInterval(prevented.interval)}` : verdictWord(setting),
  };
}

function numbers(settings: readonly SettingResult[]): Html {
  return table(
    "The flaw without any instruction at test time, and what inoculation changed",
    [
      { title: "Setting" },
      { title: "As usual", numeric: true },
      { title: "Inoculated", numeric: true },
      { title: "Clean data", numeric: true },
      { title: "Prevented", numeric: true },
      { title: "Skill, points", numeric: true },
      { title: "Over unrelated, points", numeric: true },
      { title: "Spearman", numeric: true },
      { title: "Verdict" },
    ],
    settings.map((setting): Renderable[] => {
      const { effect, screening } = setting;
      return [
        html`<a href="#${setting.id}">${setting.title}</a><small>${metricTitle(setting, setting.behaviorMetric)}</small>`,
        mean(setting, "neutral"),
        inoculated(setting),
        mean(setting, "clean"),
        effect.prevented && two(percent(effect.prevented.mean), percentInterval(effect.prevented.interval)),
        change(effect.capabilityChange),
        change(effect.overUnrelated),
        two(correlation(screening.all.spearman), correlationInterval(screening.all.spearmanInterval)),
        verdictCell(setting),
      ].map((cell) => cell ?? "–");
    }),
  );
}

function change(estimate: SettingResult["effect"]["overUnrelated"]): Html | null {
  return estimate && two(points(estimate.mean).replace(/ points?$/, ""), pointsInterval(estimate.interval));
}

/** A number over its interval. */
function two(value: string, interval: string): Html {
  return html`${value}<small>${interval}</small>`;
}

function verdictCell(setting: SettingResult): Html {
  const missed = missedBars(setting);
  const bars =
    missed === null ? "" : missed.length === 0 ? "all four bars met" : `misses the bar: ${missed.join(", ")}`;
  return html`<span class="${missed?.length === 0 ? "tick" : "plain"}">${verdictWord(setting)}</span><small>${bars}</small>`;
}
