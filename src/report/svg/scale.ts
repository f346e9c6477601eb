/** Maps values to pixels, linearly. */
export interface Scale {
  (value: number): number;
  /** Round values inside the domain, ascending. */
  ticks: number[];
}

/** A linear scale from `domain` to `range` (pixels, either direction). Values outside are held at the ends. */
export function linearScale(domain: [number, number], range: [number, number], tickCount = 5): Scale {
  const [low, high] = domain;
  const span = high - low || 1;
  const scale = (value: number): number => {
    const share = Math.min(1, Math.max(0, (value - low) / span));
    return round(range[0] + share * (range[1] - range[0]));
  };
  return Object.assign(scale, { ticks: ticks(low, high, tickCount) });
}

/** About `count` round values (1, 2, 2.5 or 5 times a power of ten apart) in [low, high]. */
export function ticks(low: number, high: number, count: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / Math.max(1, count - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough * 0.999) ?? 10) * power;
  const values: number[] = [];
  for (let index = Math.ceil(low / step - 1e-9); index * step <= high + step * 1e-9; index++) {
    values.push(Number((index * step).toPrecision(12)));
  }
  return values;
}

/** The upper end of an axis from zero that holds `values`: 1 for shares, else the next round number. */
export function axisEnd(values: readonly number[], share: boolean): number {
  const top = Math.max(0, ...values);
  if (share && top <= 1) return 1;
  if (top === 0) return 1;
  const step = 10 ** Math.floor(Math.log10(top)) / 2;
  return Number((Math.ceil(top / step) * step).toPrecision(12));
}

/** The lower end of an axis that holds zero and `values`: 0, or a round number below. */
export function axisStart(values: readonly number[]): number {
  const bottom = Math.min(0, ...values);
  if (bottom === 0) return 0;
  const step = 10 ** Math.floor(Math.log10(-bottom)) / 2;
  return Number((Math.floor(bottom / step) * step).toPrecision(12));
}

/** Tenths of a pixel are enough. */
export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
