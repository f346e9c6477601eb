import { shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import type { Tone } from "./bars.ts";
import { linearScale } from "./scale.ts";

/** One estimate with its interval. */
export interface ForestRow {
  label: string;
  tone: Tone;
  /** `null`: nothing known. */
  mean: number | null;
  interval: [number, number] | null;
  /** The numbers in words; stands at the right. */
  value: string;
}

export interface ForestOptions {
  title: string;
  unit: string;
  format: (value: number) => string;
  /** Where a dashed line to compare with stands. */
  bar: number;
  /** Said to those who cannot see the figure. */
  description: string;
}

const WIDTH = 380;
const ROW = 40;
const TOP = 26;
const LEFT = 8;
const RIGHT = 372;
/** The axis ends here at the latest: one wild interval must not flatten the others. */
const ENDS: [number, number] = [-1, 2];

/** Estimates with their intervals under each other, on one axis that holds zero and one; each under its label. */
export function forest(rows: readonly ForestRow[], options: ForestOptions): Html {
  const { title, unit, format, bar, description } = options;
  const all = rows.flatMap(({ interval, mean }) => [...(interval ?? []), mean ?? 0]);
  const low = Math.max(ENDS[0], Math.min(0, ...all));
  const high = Math.min(ENDS[1], Math.max(1, ...all));
  const x = linearScale([low, high], [LEFT, RIGHT]);
  const bottom = TOP + rows.length * ROW;
  const down = (at: number, kind: string): Html =>
    html`<line class="${kind}" x1="${x(at)}" x2="${x(at)}" y1="${TOP}" y2="${bottom}"/>`;
  return html`<svg class="chart forest" viewBox="0 0 ${WIDTH} ${bottom + 36}" role="img" aria-label="${`${title}. ${description}`}">
    <text class="chart-title" x="${LEFT}" y="15">${title}</text>
    ${x.ticks.map(
      (tick) => html`${down(tick, tick === 0 ? "zero" : "grid")}
      <text class="tick" x="${x(tick)}" y="${bottom + 14}" text-anchor="${anchor(x(tick))}">${format(tick)}</text>`,
    )}
    ${down(bar, "goal")}
    <text class="axis" x="${LEFT}" y="${bottom + 31}">${unit}</text>
    ${rows.map((row, index) => mark(row, TOP + index * ROW, x))}
  </svg>`;
}

function mark({ label, tone, mean, interval, value }: ForestRow, top: number, x: (value: number) => number): Html {
  const y = top + 28;
  const ends = interval?.map(x);
  return html`<g class="${`point tone-${tone}`}">
    <title>${`${label}: ${value}`}</title>
    <text class="label" x="${LEFT + 5}" y="${top + 16}">${shorten(label, 40)}</text>
    <text class="value" x="${RIGHT}" y="${top + 16}" text-anchor="end">${value}</text>
    ${ends && html`<path class="error" d="M${ends[0]} ${y}H${ends[1]}M${ends[0]} ${y - 4}v8M${ends[1]} ${y - 4}v8"/>`}
    ${mean !== null && html`<circle class="mark" cx="${x(mean)}" cy="${y}" r="5.5"/>`}
  </g>`;
}

function anchor(pixels: number): string {
  if (pixels < LEFT + 12) return "start";
  return pixels > RIGHT - 12 ? "end" : "middle";
}
