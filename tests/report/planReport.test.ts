import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { DoseCurve } from "../../src/experiment/plans/doseCurve.ts";
import type { PlanConditionResult, PlanTable } from "../../src/experiment/plans/planResult.ts";
import { planReport } from "../../src/report/planReport.ts";
import { hasBrowser, useBrowser, usePages } from "./browser.ts";

const HOSTILE = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1">`;
const { pathOf } = usePages();

function condition(prompt: string, factors: string[], behavior: number | null): PlanConditionResult {
  const summary = (mean: number | null) => ({
    mean,
    standardError: 0.02,
    n: 2,
    unit: "seed" as const,
    perSeed: [
      { seed: 1, value: mean },
      { seed: 2, value: mean },
    ],
    interval: mean === null ? null : ([mean - 0.05, mean + 0.05] as [number, number]),
  });
  const step = factors.find((factor) => factor.startsWith("step "));
  return {
    id: [`flawed/${prompt}/neutral`, ...factors].join(", "),
    trainData: "flawed",
    trainPrompt: { id: prompt, kind: prompt === "neutral" ? "neutral" : "inoculation" },
    evalPrompt: { id: "neutral", kind: "neutral" },
    placement: "suffix",
    recipe: "long",
    step: step === undefined ? "last" : Number(step.slice(5)),
    data: {},
    split: "test",
    seeds: [1, 2],
    metrics: { flatterRate: summary(behavior), skill: summary(0.8) },
    excluded: summary(0),
    evaluations: [],
  };
}

const dose: DoseCurve = {
  id: "flawed/flatter/neutral, recipe long",
  trainPrompt: { id: "flatter", kind: "inoculation" },
  points: [
    { step: 10, prevented: null },
    { step: 20, prevented: { mean: 0.8, interval: [0.7, 0.9] } },
    { step: 30, prevented: { mean: 0.3, interval: [0.2, 0.4] } },
  ],
  wearsOff: { step: 26, interval: [24, null], probability: 0.97 },
};

function tableOf(title: string, over: Partial<PlanTable> = {}): PlanTable {
  return {
    id: "toy",
    setting: "toy",
    variant: "toy",
    title,
    base: "embedded",
    baseModelHash: "ab",
    behaviorMetric: "flatterRate",
    capabilityMetric: "skill",
    shown: ["flatterRate", "skill"],
    complete: true,
    conditions: [
      condition("neutral", ["recipe long", "step 20"], 0.9),
      condition("neutral", ["recipe long"], 0.95),
      condition("flatter", ["recipe long"], 0.1),
      condition("lost", [], null),
    ],
    doses: [],
    ...over,
  };
}

function pageOf(name: string, title: string, tables: PlanTable[]): string {
  const path = pathOf(`${name}.html`);
  writeFileSync(path, planReport({ title, plan: "plans/mine.yaml", settings: tables }));
  return path;
}

describe("the page of a plan", () => {
  it("shows every condition, short where a heading says the rest, and the command", () => {
    const page = readFileSync(pageOf("plain", "My plan", [tableOf("Toy")]), "utf8");
    for (const part of ["My plan", "npx inoculate run plans/mine.yaml", "flawed / flatter / neutral, recipe long"])
      expect(page).toContain(part);
    expect(page).toMatch(/class="label"[^>]*>step 20</);
    expect(page).toMatch(/class="label"[^>]*>the finished model</);
    expect(page).toContain("95% ± 2 [90%, 100%] n=2");
    expect(page).not.toContain("How long does it hold?");
    expect(page).not.toMatch(/undefined|NaN|\[object|>null</);
  });

  it("says where inoculation wears off, and that runs are missing", () => {
    const page = readFileSync(pageOf("dose", "Doses", [tableOf("Toy", { doses: [dose], complete: false })]), "utf8");
    expect(page).toContain(
      "falls below a half at step 26 (95% interval 24 to beyond the last checkpoint; below a half in 97%",
    );
    expect(page).toContain("Some runs are missing.");
    const never: DoseCurve = { ...dose, points: dose.points.slice(2), wearsOff: { ...dose.wearsOff, step: 30 } };
    const other = readFileSync(pageOf("never", "Doses", [tableOf("Toy", { doses: [never] })]), "utf8");
    expect(other).toContain("is below a half from the first checkpoint on, step 30");
    expect(page).not.toMatch(/undefined|NaN|\[object|>null</);
  });

  describe.skipIf(!hasBrowser)("in a browser", () => {
    const open = useBrowser();

    it("keeps hostile text inert, and asks for nothing", async () => {
      const hostile = { ...dose, id: HOSTILE };
      const { page, troubles } = await open(pageOf("hostile", HOSTILE, [tableOf(HOSTILE, { doses: [hostile] })]));
      expect(await page.evaluate(() => "owned" in globalThis)).toBe(false);
      expect(await page.locator("img").count()).toBe(0);
      expect(await page.locator("svg.chart").count()).toBe(3);
      expect(troubles).toEqual([]);
      await page.close();
    });
  });
});
