import { shorten } from "../format.ts";
import { type Html, html } from "../html.ts";
import { wrap } from "../terminal/text.ts";
import { linearScale, round } from "./scale.ts";

/** Color class of a mark, by what the condition is there for. Never the only sign: every bar has its label. */
export type Tone = "base" | "flaw" | "cure" | "clean" | "control" | "near" | "other";

export interface Bar {
  label: string;
  tone: Tone;
  /** `null`: nothing known yet. */
  value: number | null;
  /** One standard error; `null` where there is none. */
  error: number | null;
  /** One per seed. */
  dots: { label: string; value: number }[];
  /** Starts a group with this heading. */
  heading?: string | undefined;
  /** Set off from the other bars. */
  strong?: boolean;
}

export interface BarsOptions {
  title: string;
  /** What the axis counts, e.g. "share of replies". */
  unit: string;
  /** Ends of the axis, which holds zero. @default 0 */
  start?: number;
  end: number;
  format: (value: number) => string;
  /** Said to those who cannot see the figure. */
  description: string;
}

const WIDTH = 380;
const ROW = 34;
const HEADING = 26;
const TOP = 26;
const LEFT = 6;
const RIGHT = 374;
const LABEL_LENGTH = 47;
/** Characters of a title's line, and a line's height. */
const TITLE_LENGTH = 44;
const TITLE_LINE = 17;

/** Horizontal bars from zero to either side, each under its label, with standard-error bars and one dot per seed. */
export function bars(rows: readonly Bar[], { title, unit, start = 0, end, format, description }: BarsOptions): Html {
  const x = linearScale([start, end], [LEFT, RIGHT]);
  const titles = wrap(title, TITLE_LENGTH);
  const top = TOP + (titles.length - 1) * TITLE_LINE;
  let y = top;
  const marks = rows.map((row) => {
    const heading =
      row.heading === undefined ? null : html`<text class="heading" x="${LEFT}" y="${y + 19}">${row.heading}</text>`;
    if (heading !== null) y += HEADING;
    const mark = html`${heading}${bar(row, y, x, format)}`;
    y += ROW;
    return mark;
  });
  const bottom = y + 4;
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + 36}" role="img" aria-label="${`${title}. ${description}`}">
    ${titles.map((line, index) => html`<text class="chart-title" x="${LEFT}" y="${15 + index * TITLE_LINE}">${line}</text>`)}
    ${x.ticks.map(
      (tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${top}" y2="${bottom}"/>
      <text class="tick" x="${x(tick)}" y="${bottom + 14}" text-anchor="${anchor(x(tick))}">${format(tick)}</text>`,
    )}
    <text class="axis" x="${LEFT}" y="${bottom + 31}">${unit}</text>
    ${marks}
  </svg>`;
}

function bar(row: Bar, top: number, x: (value: number) => number, format: (value: number) => string): Html {
  const middle = top + 24;
  const name = shorten(row.label, LABEL_LENGTH);
  const value = row.value === null ? "not yet run" : format(row.value);
  const full = `${row.label}: ${value}${row.error === null ? "" : `, standard error ${format(row.error)}`}`;
  return html`<g class="${`bar tone-${row.tone}${row.strong ? " strong" : ""}${row.value === null ? " pending" : ""}`}">
    <title>${full}</title>
    <text class="label" x="${LEFT}" y="${top + 12}">${name}</text>
    <text class="value" x="${RIGHT}" y="${top + 12}" text-anchor="end">${value}</text>
    <rect class="track" x="${LEFT}" y="${top + 18}" width="${RIGHT - LEFT}" height="12"/>
    ${
      row.value !== null &&
      html`<rect class="fill" x="${round(Math.min(x(0), x(row.value)))}" y="${top + 18}" width="${round(Math.max(1.5, Math.abs(x(row.value) - x(0))))}" height="12"/>`
    }
    ${row.value !== null && row.error !== null && whisker(x(row.value - row.error), x(row.value + row.error), middle)}
    ${row.dots.map(
      (dot, index) =>
        html`<circle class="dot" cx="${x(dot.value)}" cy="${round(middle + spread(index, row.dots.length))}" r="2.4"><title>${`${dot.label}: ${format(dot.value)}`}</title></circle>`,
    )}
  </g>`;
}

function whisker(from: number, to: number, y: number): Html {
  return html`<path class="error" d="M${from} ${y}H${to}M${from} ${y - 4}v8M${to} ${y - 4}v8"/>`;
}

/** Seeds side by side, so that equal values stay apart. */
function spread(index: number, total: number): number {
  return total < 2 ? 0 : (index / (total - 1) - 0.5) * 8;
}

function anchor(pixels: number): string {
  if (pixels < LEFT + 10) return "start";
  return pixels > RIGHT - 14 ? "end" : "middle";
}
