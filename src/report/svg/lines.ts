import { type Html, html } from "../html.ts";
import type { Tone } from "./bars.ts";
import { linearScale } from "./scale.ts";

export interface Line {
  label: string;
  tone: Tone;
  /** Drawn on top, thicker, with its label at the end. */
  strong: boolean;
  points: { x: number; y: number }[];
}

export interface LinesOptions {
  title: string;
  xLabel: string;
  yLabel: string;
  formatY: (value: number) => string;
  description: string;
}

const WIDTH = 640;
const HEIGHT = 320;
const LEFT = 44;
const RIGHT = 630;
const TOP = 44;
const BOTTOM = 272;

/** Lines over steps, from zero up; thin ones stay in the background. */
export function lines(series: readonly Line[], { title, xLabel, yLabel, formatY, description }: LinesOptions): Html {
  const all = series.flatMap((line) => line.points);
  const x = linearScale([0, Math.max(1, ...all.map((point) => point.x))], [LEFT, RIGHT], 6);
  const y = linearScale([0, Math.max(0.1, ...all.map((point) => point.y))], [BOTTOM, TOP]);
  const ordered = [...series].sort((a, b) => Number(a.strong) - Number(b.strong));
  return html`<svg class="chart wide" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${title}. ${description}`}">
    <text class="chart-title" x="6" y="15">${title}</text>
    <text class="axis" x="6" y="34">↑ ${yLabel}</text>
    ${y.ticks.map(
      (tick) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
      <text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${formatY(tick)}</text>`,
    )}
    ${x.ticks.map((tick) => html`<text class="tick" x="${x(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${tick}</text>`)}
    <text class="axis" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">${xLabel} →</text>
    ${ordered.map(
      (line) =>
        html`<path class="${`line tone-${line.tone}${line.strong ? " strong" : ""}`}" d="${path(line.points, x, y)}"><title>${line.label}</title></path>`,
    )}
  </svg>`;
}

function path(points: Line["points"], x: (value: number) => number, y: (value: number) => number): string {
  return points.map((point, index) => `${index === 0 ? "M" : "L"}${x(point.x)} ${y(point.y)}`).join("");
}
