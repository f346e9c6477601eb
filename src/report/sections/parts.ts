import type { SettingResult } from "../../experiment/result.ts";
import { formatValue, isShare } from "../format.ts";
import { type Html, html, type Renderable } from "../html.ts";
import type { Role } from "../names.ts";
import type { ReplyItem } from "../replies.ts";
import { type Bar, bars, type Tone } from "../svg/bars.ts";
import { axisEnd, axisStart } from "../svg/scale.ts";

/** What every section draws from. */
export interface View {
  setting: SettingResult;
  items: readonly ReplyItem[];
  /** Path from the page to the store's folder, for links to the stored replies; null: no links. */
  storePath: string | null;
}

/** Color class of a group of conditions. */
export const tones: Record<Role, Tone> = {
  initial: "base",
  neutral: "flaw",
  clean: "clean",
  inoculation: "cure",
  demonstration: "cure",
  unrelated: "control",
  praise: "near",
  safety: "other",
  compliance: "flaw",
  leak: "control",
  cleanInoculated: "clean",
};

/** A section under its own heading; `name` makes its address unique within the page. */
export function section({ setting }: View, name: string, title: string, ...content: Renderable[]): Html {
  const id = `${setting.id}-${name}`;
  return html`<section aria-labelledby="${id}"><h3 id="${id}">${title}</h3>${content}</section>`;
}

/** A figure whose numbers can be read in a table under it. */
export function figure(caption: Renderable, charts: readonly Html[], numbers: Renderable): Html {
  return html`<figure><div class="charts">${charts}</div><figcaption>${caption}</figcaption>${
    numbers && html`<details><summary>The numbers as a table</summary>${numbers}</details>`
  }</figure>`;
}

export interface Column {
  title: string;
  /** Right-aligned, with figures of equal width. */
  numeric?: boolean;
}

/** A table that scrolls sideways on its own where the screen is narrow. The first cell of a row is its heading. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Renderable[])[]): Html {
  return html`<div class="scroll" role="region" aria-label="${caption}" tabindex="0"><table>
    <caption>${caption}</caption>
    <thead><tr>${columns.map((column) => html`<th scope="col" class="${column.numeric ? "numeric" : "text"}">${column.title}</th>`)}</tr></thead>
    <tbody>${rows.map((row) => html`<tr>${row.map((value, index) => cell(value, index, columns[index]))}</tr>`)}</tbody>
  </table></div>`;
}

function cell(value: Renderable, index: number, column: Column | undefined): Html {
  const kind = column?.numeric ? "numeric" : "text";
  return index === 0 ? html`<th scope="row" class="${kind}">${value}</th>` : html`<td class="${kind}">${value}</td>`;
}

/** Tick or cross, with the word for those who do not see the sign. */
export function mark(correct: boolean | null): Html {
  if (correct === null) return html`<span class="muted">open</span>`;
  return correct ? html`<span class="tick">✓ right</span>` : html`<span class="cross">✗ wrong</span>`;
}

/** A condition's metric as a bar. */
export function conditionBar(
  label: string,
  tone: Tone,
  summary: SettingResult["conditions"][number]["metrics"][string] | undefined,
  extra: Pick<Bar, "heading" | "strong"> = {},
): Bar {
  return {
    label,
    tone,
    value: summary?.mean ?? null,
    error: summary?.standardError ?? null,
    dots: (summary?.unit === "seed" ? summary.perSeed : []).flatMap(({ seed, value }) =>
      value === null ? [] : [{ label: `seed ${seed}`, value }],
    ),
    ...extra,
  };
}

/** One metric of many conditions as bars; `note` stands beside the metric's name. */
export function metricChart(
  rows: readonly Bar[],
  metric: string,
  { title, note }: { title: string; note?: string | undefined },
): Html {
  const values = rows.flatMap(({ value, dots }) => (value === null ? [] : [value, ...dots.map((dot) => dot.value)]));
  const tops = rows.flatMap(({ value, error }) => (value === null ? [] : [value + (error ?? 0)]));
  return bars(rows, {
    title,
    unit: `${metric}, test split${note ? ` · ${note}` : ""}`,
    start: axisStart(values),
    end: axisEnd(tops, isShare(metric)),
    format: (value) => formatValue(value, metric),
    description: `${rows.length} conditions; the table below the figure holds every number.`,
  });
}
