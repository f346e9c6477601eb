import { type Html, html } from "../html.ts";
import type { Tone } from "./bars.ts";
import { linearScale, round } from "./scale.ts";
import { outline, placeKeys, type ScatterPoint } from "./scatter.ts";

export interface DiagonalPoint {
  /** Shown beside the mark; `null`: nothing. */
  key: string | null;
  label: string;
  tone: Tone;
  shape: ScatterPoint["shape"];
  x: number;
  y: number;
  xInterval: readonly [number, number] | null;
  yInterval: readonly [number, number] | null;
  /** Does not count: drawn pale. */
  faint: boolean;
  /** Has a ring around it. */
  ringed: boolean;
}

export interface DiagonalOptions {
  title: string;
  xLabel: string;
  yLabel: string;
  format: (value: number) => string;
  description: string;
}

const WIDTH = 380;
const HEIGHT = 350;
const LEFT = 44;
const RIGHT = 368;
const TOP = 44;
const BOTTOM = 302;
/** The axes reach at least this far from zero. */
const LEAST_REACH = 0.1;

type Scale = ReturnType<typeof linearScale>;

/** Both axes over the same values, below zero too, with the line on which they are equal. */
export function diagonalScatter(points: readonly DiagonalPoint[], options: DiagonalOptions): Html {
  const values = points.flatMap(({ x, y, xInterval, yInterval }) => [x, y, ...(xInterval ?? []), ...(yInterval ?? [])]);
  const domain: [number, number] = [Math.min(-LEAST_REACH, ...values), Math.max(LEAST_REACH, ...values)];
  const x = linearScale(domain, [LEFT, RIGHT]);
  const y = linearScale(domain, [BOTTOM, TOP]);
  const keyed = points.filter(({ key }) => key !== null);
  const places = placeKeys(keyed.map((point) => ({ x: x(point.x), y: y(point.y) })));
  return html`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${`${options.title}. ${options.description}`}">
    <text class="chart-title" x="6" y="15">${options.title}</text>
    <text class="axis" x="6" y="34">↑ ${options.yLabel}</text>
    ${x.ticks.map(
      (tick) => html`<line class="grid" x1="${LEFT}" x2="${RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>
      <line class="grid" x1="${x(tick)}" x2="${x(tick)}" y1="${TOP}" y2="${BOTTOM}"/>
      <text class="tick" x="${LEFT - 6}" y="${y(tick) + 4}" text-anchor="end">${options.format(tick)}</text>
      <text class="tick" x="${x(tick)}" y="${BOTTOM + 16}" text-anchor="middle">${options.format(tick)}</text>`,
    )}
    <path class="zero" d="M${LEFT} ${y(0)}H${RIGHT}M${x(0)} ${TOP}V${BOTTOM}"/>
    <path class="goal" d="M${LEFT} ${BOTTOM}L${RIGHT} ${TOP}"/>
    <text class="axis" x="${RIGHT}" y="${BOTTOM + 36}" text-anchor="end">${options.xLabel} →</text>
    ${points.map((point) => mark(point, x, y, options))}
    ${keyed.map(({ key }, index) => {
      const place = places[index] ?? { x: 0, y: 0 };
      return html`<text class="key" x="${round(place.x)}" y="${round(place.y + 3.5)}" text-anchor="middle">${key}</text>`;
    })}
  </svg>`;
}

function mark(point: DiagonalPoint, x: Scale, y: Scale, { format }: DiagonalOptions): Html {
  const [cx, cy] = [x(point.x), y(point.y)];
  const { xInterval, yInterval } = point;
  return html`<g class="${`point tone-${point.tone}`}" opacity="${point.faint ? 0.35 : 1}">
    <title>${`${point.label}: ${format(point.x)}, ${format(point.y)}`}</title>
    ${xInterval !== null && html`<path class="error" d="M${x(xInterval[0])} ${cy}H${x(xInterval[1])}"/>`}
    ${yInterval !== null && html`<path class="error" d="M${cx} ${y(yInterval[0])}V${y(yInterval[1])}"/>`}
    <path class="mark" d="${outline(point.shape, cx, cy, 4.5)}"/>
    ${point.ringed && html`<circle class="error" cx="${cx}" cy="${cy}" r="9"/>`}
  </g>`;
}
