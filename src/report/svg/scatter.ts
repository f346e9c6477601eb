import { type Html, html } from "../html.ts";
import type { Tone } from "./bars.ts";
import { linearScale, round } from "./scale.ts";

export interface ScatterPoint {
  /** Shown beside the mark; names the row of the table below the figure. */
  key: string;
  label: string;
  tone: Tone;
  shape: "circle" | "square" | "triangle" | "diamond";
  x: number;
  y: number;
  xInterval: [number, number] | null;
  strong?: boolean;
}

export interface ScatterOptions {
  title: string;
  xLabel: string;
  yLabel: string;
  /** Lower ends of the axes. @default 0 */
  xStart?: number;
  yStart?: number;
  /** Upper ends. */
  xEnd: number;
  yEnd: number;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  description: string;
}

const WIDTH = 380;
const HEIGHT = 330;
const LEFT = 44;
const RIGHT = 368;
const TOP = 44;
const BOTTOM = 282;

/** A scatter plot with horizontal interval bars; shapes tell the kinds of points apart, beside their color. */
export function scatter(points: readonly ScatterPoint[], options: ScatterOptions): Html {
  const x = linearScale([options.xStart ?? 0, options.xEnd], [LEFT, RIGHT]);
  const y = linearScale([options.yStart ?? 0, options.yEnd], [BOTTOM, TOP]);
  const keys = placeKeys(points.map((point) => ({ x: x(point.x), y: y(point.y) })));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${options.title}. ${options.description}`}">
    <text class="chart-title" x="6" y="15">${options.title}</text>
    <text class="axis" x="6" y="34">↑ ${options.yLabel}</text>
    ${y.ticks.map(
      (tick) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
      <text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${options.formatY(tick)}</text>`,
    )}
    ${x.ticks.map(
      (tick) => html`<line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${BOTTOM}"/>
      <text class="tick" x="${x(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${options.formatX(tick)}</text>`,
    )}
    <text class="axis" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">${options.xLabel} →</text>
    ${points.map((point, index) => mark(point, x, y, keys[index] as KeyPlace, options))}
  </svg>`;
}

function mark(
  point: ScatterPoint,
  x: (value: number) => number,
  y: (value: number) => number,
  key: KeyPlace,
  { formatX, formatY }: ScatterOptions,
): Html {
  const [cx, cy] = [x(point.x), y(point.y)];
  return html`<g class="${`point tone-${point.tone}${point.strong ? " strong" : ""}`}">
    <title>${`${point.label}: ${formatX(point.x)}, ${formatY(point.y)}`}</title>
    ${point.xInterval !== null && html`<path class="error" d="M${x(point.xInterval[0])} ${cy}H${x(point.xInterval[1])}"/>`}
    <path class="mark" d="${outline(point.shape, cx, cy, point.strong ? 6.5 : 5)}"/>
    <text class="key" x="${round(key.x)}" y="${round(key.y + 3.5)}" text-anchor="middle">${point.key}</text>
  </g>`;
}

interface KeyPlace {
  x: number;
  y: number;
}

/** Puts each mark's key beside it where it covers no mark and no other key, trying wider circles around the mark. */
export function placeKeys(marks: readonly KeyPlace[]): KeyPlace[] {
  const taken: KeyPlace[] = [...marks];
  return marks.map((mark) => {
    for (const radius of [13, 17, 23, 30, 38]) {
      for (const angle of [-45, -135, 45, 135, -90, 90, -15, 195]) {
        const turn = (angle * Math.PI) / 180;
        const place = { x: mark.x + radius * Math.cos(turn), y: mark.y + radius * Math.sin(turn) };
        const inside = place.x > LEFT + 5 && place.x < RIGHT + 8 && place.y > TOP - 12 && place.y < BOTTOM - 6;
        if (inside && taken.every((other) => Math.hypot(other.x - place.x, (other.y - place.y) * 1.2) >= 11)) {
          taken.push(place);
          return place;
        }
      }
    }
    return { x: mark.x + 13, y: mark.y - 9 };
  });
}

/** Path of a mark around (x, y) with half-size r. */
export function outline(shape: ScatterPoint["shape"], x: number, y: number, r: number): string {
  const at = (dx: number, dy: number): string => `${round(x + dx * r)} ${round(y + dy * r)}`;
  switch (shape) {
    case "circle":
      return `M${at(-1, 0)}a${r} ${r} 0 1 0 ${2 * r} 0a${r} ${r} 0 1 0 ${-2 * r} 0Z`;
    case "square":
      return `M${at(-0.9, -0.9)}L${at(0.9, -0.9)}L${at(0.9, 0.9)}L${at(-0.9, 0.9)}Z`;
    case "triangle":
      return `M${at(0, -1.15)}L${at(1.1, 0.85)}L${at(-1.1, 0.85)}Z`;
    case "diamond":
      return `M${at(0, -1.25)}L${at(1.25, 0)}L${at(0, 1.25)}L${at(-1.25, 0)}Z`;
  }
}
