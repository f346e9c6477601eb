import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { planUnits } from "../../src/experiment/plans/planRuns.ts";
import { readPlan } from "../../src/experiment/plans/readPlan.ts";
import { findSetting } from "../../src/settings/registry.ts";

const folder = fileURLToPath(new URL("../../examples/", import.meta.url));
const files = readdirSync(folder).filter((name) => name.endsWith(".yaml"));

test.each(files)("%s is a plan of the settings that there are", (name) => {
  expect(readFileSync(folder + name, "utf8")).toMatch(/^# /);
  const plan = readPlan(folder + name, findSetting);
  expect(plan.title).not.toBe(name.replace(".yaml", ""));
  for (const { conditions, runs } of planUnits(plan)) {
    expect(conditions.length).toBeGreaterThan(2);
    expect(new Set(runs.map(({ spec }) => spec.id)).size).toBe(runs.length);
  }
});

test("the first plan is small", () => {
  const units = planUnits(readPlan(`${folder}first-plan.yaml`, findSetting));
  expect(units.flatMap(({ runs }) => runs)).toHaveLength(1 + 3 * 2);
});
