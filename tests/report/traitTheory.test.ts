import { describe, expect, it } from "vitest";
import type { TheoryResult } from "../../src/experiment/theory/theoryResult.ts";
import { traitTheory } from "../../src/report/sections/traitTheory.ts";
import { type DiagonalPoint, diagonalScatter } from "../../src/report/svg/diagonalScatter.ts";
import { settingResult } from "./fixture.ts";
import { factor, theory } from "./fixtureTheory.ts";

/** A result whose neutral training ends at these levels. */
function resultWith(levels: { wanted: number; unwanted: number }, found: TheoryResult = theory, hostile?: string) {
  const setting = settingResult(hostile === undefined ? {} : { hostile });
  const summary = (mean: number) => ({ mean, standardError: null, n: 1, unit: "seed" as const, perSeed: [] });
  return {
    ...setting,
    theory: found,
    conditions: setting.conditions.map((condition) => ({
      ...condition,
      metrics: { wantedLevel: summary(levels.wanted), unwantedLevel: summary(levels.unwanted) },
    })),
  };
}
const markup = (setting: ReturnType<typeof resultWith>): string =>
  traitTheory({ setting, items: [], storePath: null })?.markup ?? "";

describe("the theory's section", () => {
  it("gives k with its interval and counts, the fit, and both choices", () => {
    const text = markup(resultWith({ wanted: 0.75, unwanted: 0.75 }));
    expect(text).toContain("k = 0.93 [0.90,\u00a00.96]");
    expect(text).toContain("from 4 points; 2 left out");
    expect(text).toContain("correlation 0.98");
    expect(text).toContain("mean distance 3 points");
    expect(text).toMatch(/take my side on it\.” <span class="badge">one-sided/);
    expect(text).toMatch(/figure above as right\.” <span class="badge">two-sided/);
    expect(text).toContain("not trained");
  });

  it("draws every point twice, pale where it does not count for k, ringed where over-inoculated", () => {
    const text = markup(resultWith({ wanted: 0.75, unwanted: 0.75 }));
    expect(text.match(/class="mark"/g)).toHaveLength(12);
    expect(text.match(/opacity="0.35"/g)).toHaveLength(2);
    expect(text.match(/<circle class="error"/g)).toHaveLength(2);
    expect(text.match(/class="goal"/g)).toHaveLength(2);
    expect(text).toContain("more elicited than the data holds: “Whatever figure I offer");
  });

  it("says whether the wanted trait is still learned", () => {
    expect(markup(resultWith({ wanted: 0.75, unwanted: 0.75 }))).toContain("The wanted trait is still learned.");
    const [, taken] = theory.choices;
    const along = {
      ...theory,
      choices: [{ ...(taken as TheoryResult["choices"][number]), outcome: { unwanted: 0.05, wanted: 0.19 } }],
    };
    expect(markup(resultWith({ wanted: 0.75, unwanted: 0.75 }, along))).toContain("only 20% of it is learned");
    expect(markup(resultWith({ wanted: 0.05, unwanted: 0.75 }))).toContain("taught nothing of the wanted trait");
  });

  it("says what is not known, and is not there without a theory's result", () => {
    const { k: _, ...rest } = factor;
    const open: TheoryResult["factor"]["all"] = { ...rest, k: null, interval: null, reason: "there are no points" };
    const none = { n: 0, pearson: null, pearsonInterval: null, meanAbsoluteError: null };
    const unknown: TheoryResult = {
      ...theory,
      points: theory.points.map((each) => ({ ...each, predicted: null, overInoculated: false })),
      factor: { all: open, inoculation: open },
      fit: { all: none, taught: none },
      choices: [],
      chosen: { oneSided: null, twoSided: null },
    };
    const text = markup(resultWith({ wanted: 0.75, unwanted: 0.75 }, unknown));
    expect(text).toContain("k is not known (there are no points)");
    expect(text).toContain("Not known yet.");
    expect(text).toContain("No instruction elicits more");
    expect(text).not.toMatch(/NaN|undefined|null/);
    expect(traitTheory({ setting: settingResult(), items: [], storePath: null })).toBeNull();
  });

  it("escapes what prompts say", () => {
    const setting = resultWith({ wanted: 0.75, unwanted: 0.75 });
    const hostile = setting.prompts.map((prompt) => ({ ...prompt, text: `<img src=x onerror=alert(1)>"` }));
    const text = markup({ ...setting, prompts: hostile });
    expect(text).not.toContain("<img");
    expect(text).toContain("&lt;img");
  });
});

describe("the diagonal scatter", () => {
  const mark = (x: number, y: number): DiagonalPoint => ({
    key: "1",
    label: "a",
    tone: "cure",
    shape: "circle",
    x,
    y,
    xInterval: null,
    yInterval: [y - 0.1, y + 0.1],
    faint: false,
    ringed: true,
  });
  const options = {
    title: "T",
    xLabel: "x",
    yLabel: "y",
    format: (value: number) => value.toFixed(2),
    description: "d",
  };

  it("puts equal values on the line from corner to corner, below zero too", () => {
    const text = diagonalScatter([mark(-0.5, -0.5), mark(0.2, 0.2), mark(1, 1)], options).markup;
    const line = /class="goal" d="M([\d.]+) ([\d.]+)L([\d.]+) ([\d.]+)"/.exec(text)?.slice(1).map(Number) as number[];
    const [x1, y1, x2, y2] = line as [number, number, number, number];
    for (const [, cx, cy] of text.matchAll(/<circle class="error" cx="([\d.]+)" cy="([\d.]+)"/g)) {
      expect((Number(cx) - x1) / (x2 - x1)).toBeCloseTo((Number(cy) - y1) / (y2 - y1), 2);
    }
  });

  it("draws nothing but axes of nothing", () => {
    const text = diagonalScatter([], options).markup;
    expect(text).toContain('class="goal"');
    expect(text).not.toMatch(/NaN|Infinity|class="mark"/);
  });
});
