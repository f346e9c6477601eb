import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { planHelp } from "../../src/experiment/plans/planKeys.ts";
import { planUnits } from "../../src/experiment/plans/planRuns.ts";
import { readPlan, type ValidPlan } from "../../src/experiment/plans/readPlan.ts";
import { UserError } from "../../src/util/errors.ts";
import { newFolder, toyModel } from "./folders.ts";
import { planFile } from "./planFile.ts";
import { getSetting, toySetting } from "./toyParts.ts";

let folder: string;

beforeEach(() => {
  folder = newFolder();
  toyModel(folder);
});

const head = "settings: toy\nbases: model\n";

function read(text: string): ValidPlan {
  return readPlan(planFile(folder, text), getSetting);
}

/** The lines of the refusal, each without the folder of the file. */
function problems(text: string): string[] {
  try {
    read(text);
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return (error as Error).message.replaceAll(`${folder}/`, "").split("\n");
  }
  throw new Error("the plan was accepted");
}

function conditionIds(text: string): string[] {
  return planUnits(read(text)).flatMap(({ conditions }) => conditions.map(({ id }) => id));
}

describe("mistakes come with file, line and column", () => {
  test.each([
    ["an unknown key", `${head}arms:\n  - promts: strong\n`, /^plan\.yaml:4:5: arms\.0 has no key "promts".*prompts/],
    ["an unknown key at the top", `${head}arm: []\narms: [{}]\n`, /^plan\.yaml:3:1: the plan has no key "arm".*arms/],
    [
      "a key of the recipe",
      `${head}recipes:\n  a: { learningrate: 1 }\narms: [{}]\n`,
      /:4:8: .*learningrate.*learningRate/,
    ],
    [
      "a value out of range",
      `${head}recipes:\n  a:\n    lora: { rank: 0 }\narms: [{}]\n`,
      /^plan\.yaml:5:19: recipes\.a\.lora\.rank/,
    ],
    ["a wrong type", `${head}seeds: many\narms: [{}]\n`, /^plan\.yaml:3:8: seeds: expected a whole number/],
    ["a missing key", `${head}`, /^plan\.yaml:1:1: arms: expected array/],
    ["an unknown setting", "settings: [toi]\narms: [{}]\n", /^plan\.yaml:1:12: .*"toi".*"toy"/],
    ["an unknown prompt", `${head}arms:\n  - prompts: [strong, stronk]\n`, /^plan\.yaml:4:23: .*"stronk".*strong/],
    ["a single value in place of a list", `${head}arms:\n  - prompts: stronk\n`, /^plan\.yaml:4:14: .*"stronk"/],
    ["an unknown eval prompt", `${head}evalPrompts: calm\narms: [{}]\n`, /^plan\.yaml:3:14: .*"calm".*honest/],
    ["an unknown kind", `${head}arms:\n  - prompts: kind/rude\n`, /^plan\.yaml:4:14: .*"rude".*inoculation/],
    [
      "an unknown metric",
      `${head}metrics: [skill, charm]\narms: [{}]\n`,
      /^plan\.yaml:3:18: .*"charm".*agreementRate, skill/,
    ],
    ["an unknown recipe", `${head}arms:\n  - recipe: harsh\n`, /^plan\.yaml:4:13: no recipe "harsh".*default/],
    ["a missing base", "settings: toy\nbases: [nowhere]\narms: [{}]\n", /^plan\.yaml:2:9: .*nowhere/],
    ["no YAML", "settings: [toy\narms: {}\n", /^plan\.yaml:\d+:\d+: no valid YAML/],
    ["a key twice", `${head}settings: toy\narms: [{}]\n`, /^plan\.yaml:3:1: no valid YAML: .*unique/],
    [
      "an own prompt of a known name",
      `${head}prompts:\n  strong: { text: a }\narms: [{}]\n`,
      /:4:11: .*"strong" already/,
    ],
    ["a prompt made of itself", `${head}prompts:\n  a: { together: [a, weak] }\narms: [{}]\n`, /:4:6: .*a > a/],
    [
      "a prompt of two kinds of things",
      `${head}prompts:\n  a: { text: x, together: [weak, idle] }\narms: [{}]\n`,
      /:4:6: .*exactly one/,
    ],
    [
      "a mixture at evaluation",
      `${head}prompts:\n  a: { oneOf: { weak: 1, idle: 1 } }\narms:\n  - evalPrompts: a\n`,
      /:6:18: .*several wordings/,
    ],
    [
      "filtering everything",
      `${head}arms:\n  - trainData: filtered\n    flagger: { precision: 1 }\n`,
      /:5:14: .*no row/,
    ],
    [
      "a flagger that cannot be",
      `${head}arms:\n  - trainData: filtered\n    flawedShare: 0.8\n    flagger: { precision: 0.5 }\n`,
      /:6:14: .*16 clean rows.*only 4/,
    ],
    [
      "selective insertion elsewhere",
      `${head}arms:\n  - trainData: clean\n    insertInto: flagged\n`,
      /:5:17: .*clean/,
    ],
    ["a dose under a falling rate", `${head}arms:\n  - checkpointsEvery: 2\n`, /:4:23: .*linear.*constant/],
  ])("%s", (_, text, expected) => {
    expect(problems(text)[0]).toMatch(expected);
  });

  test("all of them at once, in the file's order", () => {
    const found = problems(`${head}metrics: charm\narms:\n  - prompts: [a, b]\n    recipe: c\n`);
    expect(found.map((line) => line.split(":")[1])).toEqual(["3", "5", "5", "6"]);
  });

  test("aliases lead to their anchors' places, and cannot blow up", () => {
    expect(problems(`${head}arms:\n  - &a { prompts: nope }\n  - *a\n`)[0]).toMatch(/^plan\.yaml:4:19: /);
    const bomb = Array.from(
      { length: 9 },
      (_, i) =>
        `k${i}: &k${i} [${Array(9)
          .fill(i ? `*k${i - 1}` : "x")
          .join(", ")}]`,
    );
    expect(problems(bomb.join("\n"))[0]).toMatch(/no valid YAML/);
  });

  test("a setting without twins cannot be relabelled", () => {
    const train: typeof toySetting.train = (options) =>
      toySetting.train({ ...options, seed: options.data === "clean" ? 99 : options.seed });
    const file = planFile(folder, `${head}arms:\n  - trainData: [clean, relabelled]\n`);
    expect(() => readPlan(file, () => ({ ...toySetting, train }))).toThrow(/plan\.yaml:4:16: .*no clean twin/);
  });
});

describe("the grid", () => {
  test("all combinations, none twice", () => {
    const ids = conditionIds(
      `${head}seeds: 2\narms:\n  - { prompts: kind/inoculation, placement: [prefix, suffix, system], evalPrompts: [neutral, honest] }\n  - { prompts: [strong, neutral], evalPrompts: neutral }\n`,
    );
    // 4 prompts x 3 places x 2 eval prompts, and neutral training; "strong" as a suffix is there already.
    expect(ids).toHaveLength(25);
    expect(new Set(ids).size).toBe(25);
    expect(ids).toContain("flawed/strong/neutral, prefix");
    expect(ids).toContain("flawed/strong/honest");
  });

  test("what has no effect makes no condition of its own", () => {
    const text = (arm: string): string => `${head}recipes: { fast: { epochs: 2 } }\narms:\n  - ${arm}\n`;
    expect(conditionIds(text("{ trainData: none, prompts: [strong, weak], recipe: [default, fast] }"))).toEqual([
      "none/none/neutral",
    ]);
    expect(conditionIds(text("{ placement: [prefix, suffix] }"))).toEqual(["flawed/neutral/neutral"]);
    expect(conditionIds(text("{ placement: [prefix, suffix], evalPrompts: strong }"))).toEqual([
      "flawed/neutral/strong, prefix",
      "flawed/neutral/strong",
    ]);
    const flagger = "flagger: { precision: [0.5, 1], recall: [0.5, 1] }";
    expect(conditionIds(text(`{ trainData: [flawed, clean, filtered], flawedShare: 0.4, ${flagger} }`))).toHaveLength(
      6,
    );
    expect(
      conditionIds(text(`{ prompts: [neutral, strong], insertInto: flagged, ${flagger}, flawedShare: 0.5 }`)),
    ).toHaveLength(5);
  });

  test("one run for each model, however many prompts, places and steps it is seen under", () => {
    const plan = read(
      `${head}seeds: [3, 5]\nrows: 20\nrecipes: { dose: { schedule: constant, effectiveBatchSize: 5 } }\narms:\n  - { trainData: [none, flawed], recipe: dose, checkpointsEvery: 2, placement: [prefix, suffix], evalPrompts: [neutral, strong] }\n`,
    );
    const [unit] = planUnits(plan);
    expect(unit?.runs.map(({ spec }) => [spec.trainData, spec.seed])).toEqual([
      ["none", 0],
      ["flawed", 3],
      ["flawed", 5],
    ]);
    const { spec, conditions } = unit?.runs[1] ?? {};
    expect(spec?.recipe.checkpointEvery).toBe(2);
    expect(conditions?.map((condition) => condition?.id)).toHaveLength(6);
    expect(spec?.evaluations.map(({ step, placement }) => [step, placement])).toEqual([
      [2, undefined],
      [undefined, undefined],
      [2, "prefix"],
      [undefined, "prefix"],
      [2, undefined],
      [undefined, undefined],
    ]);
  });

  test('"same" asks with the training prompt, the initial model too', () => {
    expect(
      conditionIds(`${head}arms:\n  - { trainData: [none, flawed], prompts: [strong, weak], evalPrompts: same }\n`),
    ).toEqual(["none/none/strong", "none/none/weak", "flawed/strong/strong", "flawed/weak/weak"]);
  });

  test("own prompts: wordings, joined ones, mixtures", () => {
    const plan = read(
      `${head}prompts:\n  mine: { text: "Be kind." }\n  both: { together: [strong, praise] }\n  many: { oneOf: { mine: 3, praise: 1 } }\narms:\n  - { prompts: [mine, both, many] }\n`,
    );
    const prompts = planUnits(plan)[0]
      ?.runs.slice(0, 3)
      .map(({ spec }) => spec.trainPrompt);
    expect(prompts).toEqual([
      { id: "mine", kind: "inoculation", text: "Be kind." },
      { id: "both", kind: "inoculation", text: "[strong] [praise]" },
      {
        id: "many",
        kind: "inoculation",
        text: "",
        wordings: [
          { text: "Be kind.", weight: 3 },
          { text: "[praise]", weight: 1 },
        ],
      },
    ]);
  });
});

test("a prompt made of one setting's prompts is no mistake for the others", () => {
  const prompts = toySetting.prompts.map((prompt) => ({ ...prompt, id: `${prompt.id}-2` }));
  const other = { ...toySetting, id: "other", prompts };
  const text = "settings: [toy, other]\nbases: model\nprompts:\n  both: { together: [strong, weak] }\narms:\n";
  const readBoth = (arms: string): ValidPlan =>
    readPlan(planFile(folder, text + arms), (id) => (id === "toy" ? toySetting : other));
  const own = "  - { settings: toy, prompts: both, evalPrompts: kind/neutral }\n";
  expect(() => readBoth(own)).not.toThrow();
  expect(() => readBoth(`${own}  - { settings: other, prompts: both, evalPrompts: kind/neutral }\n`)).toThrow(
    /plan\.yaml:7:33: setting "other" has no prompt "strong"/,
  );
});

test("the help names every key with its meaning", () => {
  const lines = planHelp();
  expect(lines.join("\n")).toMatch(/^ {2}settings: .*\n/m);
  expect(lines.join("\n")).toMatch(/^ {4}trainData: flawed \| clean \| filtered \| relabelled \| none; /m);
  for (const line of lines.filter((text) => !/^ +lora:/.test(text))) expect(line).toMatch(/: \S/);
});

test("a file that is not there is the system's refusal", () => {
  expect(() => readPlan(join(folder, "nope.yaml"), getSetting)).toThrow(/ENOENT/);
});
