import { expect, test } from "vitest";
import { type ConditionSet, conditionsOf } from "../../src/experiment/condition.ts";
import { type Plan, runsOf } from "../../src/experiment/plan.ts";
import { fewItems } from "./folders.ts";
import { toySetting } from "./toyParts.ts";

const screened = toySetting.prompts.map(({ id }, index) => ({ prompt: id, elicitationRate: index / 10 }));
const ids = (set: ConditionSet, selected: string | null): string[] =>
  conditionsOf(toySetting, set, selected, screened).map(({ id }) => id);

test("core holds what the main claims need", () => {
  expect(ids("core", "strong")).toEqual(
    expect.arrayContaining([
      "none/none/neutral",
      "flawed/neutral/neutral",
      "clean/neutral/neutral",
      "flawed/strong/neutral",
      "flawed/weather/neutral",
      "flawed/neutral/honest",
      "none/none/strong",
      "flawed/neutral/strong",
      "flawed/strong/strong",
    ]),
  );
});

test("all adds every prompt, the leak grid and inoculation on clean data, and nothing twice", () => {
  const all = ids("all", "strong");
  expect(new Set(all).size).toBe(all.length);
  expect(all).toEqual(expect.arrayContaining(ids("core", "strong")));
  expect(all).toEqual(
    expect.arrayContaining([
      "flawed/praise/neutral",
      "flawed/strong/weather",
      "flawed/weather/weather",
      "flawed/list/list",
      "clean/strong/neutral",
    ]),
  );
});

test("the smaller sets hold what a claim and a correlation need", () => {
  expect(ids("claim", "strong")).toEqual([
    "none/none/neutral",
    "flawed/neutral/neutral",
    "clean/neutral/neutral",
    "flawed/strong/neutral",
    "flawed/weather/neutral",
  ]);
  const prompts = ids("prompts", "strong");
  for (const { id, kind } of toySetting.prompts) {
    expect(prompts.includes(`flawed/${id}/neutral`), id).toBe(["neutral", "inoculation", "unrelated"].includes(kind));
  }
});

test("core spreads its prompts over the strengths, the selected one among them", () => {
  const strengths = Array.from({ length: 9 }, (_, index) => ({
    id: `p${index}`,
    kind: "inoculation" as const,
    text: `[${index}]`,
  }));
  const setting = { ...toySetting, prompts: [...toySetting.prompts.slice(0, 1), ...strengths] };
  const rates = strengths.map(({ id }, index) => ({ prompt: id, elicitationRate: index / 10 }));
  const trained = conditionsOf(setting, "core", "p8", rates).flatMap(({ trainData, trainPrompt, evalPrompt }) =>
    trainData === "flawed" && trainPrompt.kind === "inoculation" && evalPrompt.id === "neutral" ? [trainPrompt.id] : [],
  );
  expect(trained).toEqual(["p8", "p0", "p4"]);
});

test("when screening abstains, nothing depends on a selected prompt", () => {
  expect(ids("all", null).some((id) => id.includes("strong/strong") || id.startsWith("clean/strong"))).toBe(false);
});

test("a model is trained once for all its eval prompts; the telling runs come first, seed by seed", () => {
  const plan: Plan = {
    setting: "toy",
    base: { base: "model" },
    conditions: conditionsOf(toySetting, "all", "strong", screened),
    seeds: [1, 2],
    rows: 20,
    recipe: toySetting.recipe,
    recipeName: "default",
    items: fewItems,
    selected: "strong",
    sealedPredictions: null,
    validate: true,
  };
  const runs = runsOf(plan, toySetting);
  const trainings = runs.map(({ spec }) => spec.id);
  expect(new Set(trainings).size).toBe(trainings.length);
  expect(trainings.slice(0, 4)).toEqual([
    "toy/flawed/neutral/seed-1",
    "toy/flawed/strong/seed-1",
    "toy/clean/neutral/seed-1",
    "toy/none/none",
  ]);
  const evaluated = runs.flatMap(({ conditions }) => conditions.filter((entry) => entry !== null));
  const perSeed = plan.conditions.length - plan.conditions.filter(({ trainData }) => trainData === "none").length;
  expect(evaluated).toHaveLength(perSeed * 2 + (plan.conditions.length - perSeed));
  for (const { spec, conditions } of runs) expect(conditions).toHaveLength(spec.evaluations.length);
});
