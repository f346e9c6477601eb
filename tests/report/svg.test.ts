import { describe, expect, it } from "vitest";
import { type Bar, bars } from "../../src/report/svg/bars.ts";
import { forest } from "../../src/report/svg/forest.ts";
import { lines } from "../../src/report/svg/lines.ts";
import { axisEnd, axisStart, linearScale, ticks } from "../../src/report/svg/scale.ts";
import { outline, placeKeys, scatter } from "../../src/report/svg/scatter.ts";

describe("linearScale", () => {
  it("maps the ends of the domain to the ends of the range, in either direction", () => {
    const x = linearScale([0, 1], [10, 110]);
    expect([x(0), x(0.5), x(1)]).toEqual([10, 60, 110]);
    const y = linearScale([0, 2], [200, 0]);
    expect([y(0), y(1), y(2)]).toEqual([200, 100, 0]);
  });

  it("holds values outside the domain at its ends and survives an empty domain", () => {
    const x = linearScale([0, 1], [0, 100]);
    expect([x(-3), x(7)]).toEqual([0, 100]);
    expect(linearScale([1, 1], [0, 100])(1)).toBe(0);
  });
});

describe("ticks", () => {
  it("are round, ascending and inside", () => {
    expect(ticks(0, 1, 5)).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(ticks(0, 63, 6)).toEqual([0, 20, 40, 60]);
    for (const end of [0.003, 0.7, 1.3, 9, 42, 1234]) {
      const found = ticks(0, end, 5);
      expect(found.length).toBeGreaterThan(2);
      expect(found.length).toBeLessThan(9);
      expect(found[0]).toBe(0);
      expect(found.at(-1)).toBeLessThanOrEqual(end * (1 + 1e-9));
      expect([...found].sort((a, b) => a - b)).toEqual(found);
    }
  });

  it("gives shares an axis to one and other values the next round number", () => {
    expect(axisEnd([0.2, 0.4], true)).toBe(1);
    expect(axisEnd([], false)).toBe(1);
    expect(axisEnd([1.22], false)).toBe(1.5);
    expect(axisEnd([0.94], false)).toBe(0.95);
    expect(axisEnd([37], false)).toBe(40);
  });
});

describe("axisStart", () => {
  it("is zero unless a value is below it", () => {
    expect([axisStart([0.2, 0]), axisStart([]), axisStart([-0.03, 0.5]), axisStart([-0.2])]).toEqual([
      0, 0, -0.03, -0.2,
    ]);
    expect(axisStart([-0.021])).toBeLessThanOrEqual(-0.021);
  });
});

const row = (fields: Partial<Bar>): Bar => ({ label: "a", tone: "base", value: 0.5, error: 0.1, dots: [], ...fields });
const options = {
  title: "Title",
  unit: "share",
  end: 1,
  format: (value: number) => value.toFixed(2),
  description: "d",
};

describe("bars", () => {
  it("draws lengths in proportion, error bars around the end and one dot per seed", () => {
    const svg = bars([row({ value: 0.5 }), row({ value: 1, dots: [{ label: "seed 1", value: 1 }] })], options).markup;
    const widths = [...svg.matchAll(/class="fill"[^>]*width="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(widths).toHaveLength(2);
    expect(widths[1]).toBeCloseTo(2 * (widths[0] as number), 0);
    expect(svg.match(/class="error"/g)).toHaveLength(2);
    expect(svg.match(/class="dot"/g)).toHaveLength(1);
    expect(svg).not.toContain("NaN");
  });

  it("marks what is not known yet and draws no error bar without an error", () => {
    const svg = bars([row({ value: null, error: null })], options).markup;
    expect(svg).toContain("not yet run");
    expect(svg).not.toContain('class="fill"');
    expect(svg).not.toContain('class="error"');
  });

  it("draws values below zero to the left of it", () => {
    const svg = bars([row({ value: -0.5 }), row({ value: 1 })], { ...options, start: -1 }).markup;
    const [below, above] = [...svg.matchAll(/class="fill" x="([\d.]+)"[^>]*width="([\d.]+)"/g)].map((match) => ({
      x: Number(match[1]),
      width: Number(match[2]),
    }));
    expect((below?.x ?? 0) + (below?.width ?? 0)).toBeCloseTo(above?.x ?? 0, 1);
    expect(above?.width).toBeCloseTo(2 * (below?.width ?? 0), 0);
  });

  it("has a text alternative and survives hostile labels", () => {
    const svg = bars([row({ label: `"><script>x</script>` })], options).markup;
    expect(svg).toContain('role="img"');
    expect(svg).toContain('aria-label="Title. d"');
    expect(svg).not.toContain("<script");
  });

  it("breaks a long title into lines and makes room for them", () => {
    const long = "How gloomy replies are, as a share of the highest rating";
    const height = (title: string): number =>
      Number(bars([row({})], { ...options, title }).markup.match(/viewBox="0 0 380 (\d+)"/)?.[1]);
    const lines = [
      ...bars([row({})], { ...options, title: long }).markup.matchAll(/class="chart-title"[^>]*>([^<]*)</g),
    ];
    expect(lines.map((line) => line[1]).join(" ")).toBe(long);
    expect(lines.length).toBeGreaterThan(1);
    expect(height(long)).toBeGreaterThan(height("Short"));
  });

  it("is drawn without any row", () => {
    expect(bars([], options).markup).toContain("<svg");
  });
});

describe("scatter", () => {
  it("puts points where their values are and tells kinds apart by shape", () => {
    const point = { label: "p", tone: "cure", xInterval: null } as const;
    const svg = scatter(
      [
        { ...point, key: "1", shape: "circle", x: 0, y: 0 },
        { ...point, key: "2", shape: "square", x: 1, y: 1 },
      ],
      { title: "t", xLabel: "x", yLabel: "y", xEnd: 1, yEnd: 1, formatX: String, formatY: String, description: "d" },
    ).markup;
    expect(svg).toContain(outline("circle", 44, 282, 5));
    expect(svg).toContain(outline("square", 368, 44, 5));
  });

  it("keeps keys off other keys and marks where there is room", () => {
    const marks = Array.from({ length: 8 }, (_, index) => ({ x: 150 + 4 * index, y: 120 + 3 * index }));
    const keys = placeKeys(marks);
    for (const [index, key] of keys.entries()) {
      for (const other of keys.slice(index + 1)) {
        expect(Math.hypot(key.x - other.x, key.y - other.y)).toBeGreaterThan(8);
      }
    }
  });
});

describe("forest", () => {
  const draw = (rows: Parameters<typeof forest>[0]): string =>
    forest(rows, { title: "t", unit: "share", format: String, bar: 0.75, description: "d" }).markup;

  it("puts each estimate and its interval on one axis, and leaves out what is not known", () => {
    const svg = draw([
      { label: "a", tone: "cure", mean: 0.5, interval: [0, 1], value: "half" },
      { label: "<b>", tone: "flaw", mean: null, interval: null, value: "none" },
    ]);
    expect(svg).toContain('cx="190"');
    expect(svg).toContain('d="M8 54H372');
    expect(svg.match(/<circle/g)).toHaveLength(1);
    expect(svg).not.toContain("<b>");
    expect(svg).not.toMatch(/NaN|null/);
  });

  it("widens its axis for harm, but not without end", () => {
    const harm = draw([{ label: "a", tone: "flaw", mean: -0.5, interval: [-30, 0.2], value: "" }]);
    expect(harm).toContain('cx="99"');
    expect(harm).toContain("M8 54H");
  });
});

describe("lines", () => {
  it("draws one path per series, the strong ones last", () => {
    const points = [
      { x: 1, y: 2 },
      { x: 2, y: 1 },
    ];
    const svg = lines(
      [
        { label: "front", tone: "cure", strong: true, points },
        { label: "back", tone: "base", strong: false, points },
      ],
      { title: "t", xLabel: "step", yLabel: "loss", formatY: String, description: "d" },
    ).markup;
    expect(svg.match(/<path/g)).toHaveLength(2);
    expect(svg.indexOf("back")).toBeLessThan(svg.indexOf("front"));
  });
});
