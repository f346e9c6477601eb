import { describe, expect, test } from "vitest";
import { conditionsOf } from "../../src/experiment/condition.ts";
import { dataLevels } from "../../src/experiment/dataLevels.ts";
import type { Arm } from "../../src/experiment/resample.ts";
import type { ScreeningPoint } from "../../src/experiment/result.ts";
import type { TheoryPoint, TheoryResult } from "../../src/experiment/theory/theoryResult.ts";
import { type TheoryInput, traitTheory } from "../../src/experiment/theory/traitTheory.ts";
import { findSetting } from "../../src/settings/registry.ts";
import { rateTraits } from "../../src/settings/traitPairs/rateTraits.ts";
import { mean } from "../../src/stats/mean.ts";
import { toySetting } from "./toyParts.ts";

const setting = findSetting("trait-pairs");
const ITEMS = 200;
const items = setting.items("test", { perGroup: ITEMS, groups: ["question"] });
const traitIds = (setting.traits ?? []).map(({ title }) => title);
type Levels = Record<string, number>;

/** Graded items whose mean rating is the level, to the next item; the first ones are the high ones in every arm. */
function arm(seeds: readonly number[], levels: (seed: number) => Levels): Arm {
  return new Map(
    seeds.map((seed) => {
      const high = levels(seed);
      return [
        seed,
        items.map((item, index) => {
          const rating = (trait: string) => (index < Math.round((high[trait] ?? 0) * ITEMS) ? 100 : 0);
          return { item, grade: { values: Object.fromEntries(traitIds.map((trait) => [trait, rating(trait)])) } };
        }),
      ];
    }),
  );
}

const everywhere = (level: number, others: Levels = {}): Levels => ({
  ...Object.fromEntries(traitIds.map((trait) => [trait, level])),
  ...others,
});

/**
 * A world that follows the theory: training with p brings each trait to T* under p, and moves the neutral context by k
 * times as much. `elicited`: what each prompt does to the initial model.
 */
function world(k: number, elicited: Readonly<Record<string, Levels>>, data: Levels, start: Levels): TheoryInput {
  const seeds = [1, 2];
  const arms = new Map<string, Arm>([["none/none/neutral", arm([0], () => start)]]);
  for (const [prompt, under] of Object.entries(elicited)) {
    // The seeds differ by as much up as down, so that their mean is exact.
    const change = (trait: string, seed: number) =>
      ((data[trait] as number) - (under[trait] as number)) * (seed === 1 ? 0.9 : 1.1);
    const moved = (from: Levels, factor: number, seed: number): Levels =>
      Object.fromEntries(traitIds.map((trait) => [trait, (from[trait] as number) + factor * change(trait, seed)]));
    arms.set(
      `none/none/${prompt}`,
      arm([0], () => under),
    );
    arms.set(
      `flawed/${prompt}/neutral`,
      arm(seeds, (seed) => moved(start, k, seed)),
    );
    arms.set(
      `flawed/${prompt}/${prompt}`,
      arm(seeds, (seed) => moved(under, 1, seed)),
    );
  }
  const levels = Object.fromEntries(Object.entries(data).map(([trait, level]) => [`${trait}Level`, level]));
  return { setting, dataLevels: levels, arms, screened: [], selected: null, resamples: 200 };
}

const start = everywhere(0.1);
const data = everywhere(0.1, { structured: 0.6, gloomy: 0.6 });
const elicited = {
  wallow: { ...start, gloomy: 0.5 },
  weave: { ...start, gloomy: 0.3 },
  mope: { ...start, gloomy: 0.2 },
  "exude-vanilla": start,
};

function theoryOf(input: TheoryInput): TheoryResult {
  const result = traitTheory(input);
  if (result === null) throw new Error("expected a result");
  return result;
}
const pointOf = ({ points }: TheoryResult, prompt: string, trait: string): TheoryPoint =>
  points.find((point) => point.prompt === prompt && point.trait === `${trait}Level`) as TheoryPoint;

describe("k", () => {
  test.each([0.5, 0.8, 1])("of a world with k = %s is found, and so are its effects", (k) => {
    const result = theoryOf(world(k, elicited, data, start));
    expect(result.factor.all.k).toBeCloseTo(k, 2);
    expect(result.factor.inoculation.k).toBeCloseTo(k, 2);
    const [low, high] = result.factor.all.interval ?? [Number.NaN, Number.NaN];
    expect(low).toBeLessThanOrEqual(k + 0.01);
    expect(high).toBeGreaterThanOrEqual(k - 0.01);
    for (const { predicted, neutralChange } of result.points) expect(predicted).toBeCloseTo(neutralChange.mean, 1);
    expect(result.fit.all.n).toBe(4 * 8);
    expect(result.fit.taught.n).toBe(4 * 2);
    expect(result.fit.all.pearson).toBeGreaterThan(0.999);
    expect(result.fit.all.meanAbsoluteError).toBeLessThan(0.01);
  });

  test("leaves out and counts the points whose denominator may be 0", () => {
    const result = theoryOf(world(1, elicited, data, start));
    // The six other traits are at T* under every prompt already.
    expect(result.factor.all).toMatchObject({ kept: 8, dropped: 24, groups: 4 });
    expect(result.factor.inoculation).toMatchObject({ kept: 6, dropped: 18, groups: 3 });
    for (const { kept, role, promptedChange } of result.points) {
      const [low, high] = promptedChange.interval;
      expect(kept).toBe(role !== "other");
      expect(kept).toBe(low > 0 || high < 0);
    }
  });

  test("is not known where every denominator may be 0, and then nothing is predicted", () => {
    const result = theoryOf(world(1, { wallow: data }, data, start));
    expect(result.factor.all).toMatchObject({ k: null, kept: 0, dropped: 8 });
    expect(result.factor.all.reason).toBeTruthy();
    expect(result.points.every(({ predicted }) => predicted === null)).toBe(true);
    expect(result.fit.all).toEqual({ n: 0, pearson: null, pearsonInterval: null, meanAbsoluteError: null });
  });
});

describe("points", () => {
  const result = theoryOf(world(1, elicited, data, start));

  test("hold both changes and the levels behind them", () => {
    const point = pointOf(result, "weave", "gloomy");
    expect(point).toMatchObject({ kind: "inoculation", role: "unwanted", kept: true, overInoculated: false });
    expect(point.elicited.mean).toBeCloseTo(0.3, 10);
    expect(point.promptedChange.mean).toBeCloseTo(0.3, 10);
    expect(point.neutralChange.mean).toBeCloseTo(0.3, 10);
    expect(result.traits.find(({ role }) => role === "wanted")).toMatchObject({ dataLevel: 0.6, title: "structured" });
    expect(result.traits[0]?.initialLevel).toBeCloseTo(0.1, 10);
    expect(result).toMatchObject({ seeds: 2, items: ITEMS });
  });

  test("their intervals hold the mean and are as wide as seeds and items say", () => {
    for (const { neutralChange, promptedChange, elicited: under } of result.points) {
      for (const { mean: middle, interval } of [neutralChange, promptedChange, under]) {
        expect(interval[0]).toBeLessThanOrEqual(middle + 1e-12);
        expect(interval[1]).toBeGreaterThanOrEqual(middle - 1e-12);
      }
    }
    const { interval } = pointOf(result, "weave", "gloomy").promptedChange;
    expect(interval[1] - interval[0]).toBeGreaterThan(0.06);
  });

  test("are marked where a prompt elicits surely more of a taught trait than the data holds", () => {
    const over = theoryOf(
      world(
        1,
        { ...elicited, exude: { ...start, gloomy: 0.8, curious: 0.4 }, sprinkle: { ...start, gloomy: 0.61 } },
        data,
        start,
      ),
    );
    expect(
      over.points.filter(({ overInoculated }) => overInoculated).map(({ prompt, trait }) => [prompt, trait]),
    ).toEqual([["exude", "gloomyLevel"]]);
    expect(pointOf(over, "exude", "gloomy").predicted).toBeLessThan(-0.1);
  });

  test("are those of prompts with both evaluations on a common seed", () => {
    const input = world(1, elicited, data, start);
    const arms = new Map(input.arms);
    arms.delete("flawed/weave/weave");
    arms.set("flawed/mope/mope", new Map([...(arms.get("flawed/mope/mope") ?? [])].slice(1)));
    const partial = theoryOf({ ...input, arms });
    expect([...new Set(partial.points.map(({ prompt }) => prompt))].sort()).toEqual([
      "exude-vanilla",
      "mope",
      "wallow",
    ]);
    expect(partial.factor.all.k).toBeCloseTo(1, 2);
    expect(traitTheory({ ...input, arms: new Map() })).toBeNull();
    arms.delete("none/none/neutral");
    expect(traitTheory({ ...input, arms })).toBeNull();
  });
});

describe("choosing a prompt", () => {
  const screened = (prompt: string, structured: number, gloomy: number): ScreeningPoint => ({
    prompt,
    kind: prompt === "neutral" ? "neutral" : prompt === "exude-vanilla" ? "unrelated" : "inoculation",
    elicitationRate: gloomy,
    elicitationInterval: [gloomy, gloomy],
    elicitationGain: gloomy,
    elicitationGainInterval: [gloomy - 0.1, gloomy + 0.1],
    lossGain: null,
    lossGainInterval: null,
    lossContrast: null,
    lossContrastInterval: null,
    capabilityShift: null,
    capabilityShiftInterval: null,
    traitLevels: { structuredLevel: structured, gloomyLevel: gloomy },
    behaviorAfterTraining: null,
  });
  const choose = (points: ScreeningPoint[]): TheoryResult =>
    theoryOf({ ...world(1, elicited, data, start), screened: points, selected: "wallow" });

  test("weighs too little and too much of the bad trait, and any move of the good one", () => {
    const result = choose([
      screened("neutral", 0.1, 0.1),
      screened("wallow", 0.1, 0.9),
      screened("weave", 0.1, 0.5),
      screened("mope", 0.1, 0.2),
      screened("exude", 0.5, 0.6),
      screened("exude-vanilla", 0.1, 0.6),
    ]);
    expect(result.chosen).toEqual({ oneSided: "wallow", twoSided: "weave" });
    expect(result.choices.map(({ prompt, cost }) => [prompt, Number(cost.toFixed(6))])).toEqual([
      ["weave", 0.1],
      ["wallow", 0.3],
      ["mope", 0.4],
      ["exude", 0.4],
    ]);
    const [weave, wallow, , exude] = result.choices;
    expect(weave?.outcome.wanted).toBeCloseTo(0.6, 10);
    expect(weave?.outcome.unwanted).toBeCloseTo(0.4, 10);
    expect(wallow?.unwantedLeft).toBeCloseTo(-0.3, 10);
    expect(exude).toMatchObject({ outcome: { wanted: null, unwanted: null } });
    expect(exude?.wantedMoved).toBeCloseTo(0.4, 10);
  });

  test("is left open where screening did not rate the traits", () => {
    const { traitLevels: _, ...unrated } = screened("wallow", 0.1, 0.9);
    expect(choose([screened("neutral", 0.1, 0.1), unrated])).toMatchObject({
      choices: [],
      chosen: { oneSided: "wallow", twoSided: null },
    });
  });
});

describe("the flawed data's levels", () => {
  test("are those of the replies to learn, over all seeds", async () => {
    const levels = await dataLevels(setting, { rows: 50, seeds: [1, 2] });
    const replies = [1, 2].flatMap((seed) =>
      setting.train({ data: "flawed", seed, rows: 50 }).map(({ messages }) => messages.at(-1)?.content ?? ""),
    );
    for (const { metric, title } of setting.traits ?? []) {
      const ratings = replies.map((reply) => rateTraits(reply)[title as "gloomy"] / 100);
      expect(levels?.[metric]).toBeCloseTo(mean(ratings) ?? Number.NaN, 12);
    }
  });

  test("are asked for only where traits are rated, and must be known", async () => {
    expect(await dataLevels(toySetting, { rows: 5, seeds: [1] })).toBeNull();
    const unratable = {
      ...toySetting,
      traits: [{ metric: "skill", title: "skill", role: "wanted" as const }],
    };
    await expect(dataLevels(unratable, { rows: 5, seeds: [1] })).rejects.toThrow(/toy-grader.*skill/);
  });
});

describe("conditions", () => {
  const screened = setting.prompts.map(({ id }, index) => ({ prompt: id, elicitationRate: index / 20 }));

  test.each(["core", "all"] as const)("%s: every trained prompt is seen under itself, before and after", (set) => {
    const ids = conditionsOf(setting, set, "wallow", screened).map(({ id }) => id);
    const trained = ids.flatMap((id) => /^flawed\/(?!neutral)(.+)\/neutral$/.exec(id)?.[1] ?? []);
    expect(trained.length).toBeGreaterThanOrEqual(4);
    expect(ids).toEqual(expect.arrayContaining(trained.flatMap((p) => [`none/none/${p}`, `flawed/${p}/${p}`])));
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("cost no further training, and are for settings with rated traits alone", () => {
    const { traits: _, ...plain } = setting;
    const trainings = (which: typeof plain) =>
      new Set(
        conditionsOf(which, "core", "wallow", screened).map(
          ({ trainData, trainPrompt }) => `${trainData}/${trainPrompt.id}`,
        ),
      );
    expect(trainings(setting)).toEqual(trainings(plain));
    const ids = conditionsOf(plain, "core", "wallow", screened).map(({ id }) => id);
    expect(ids.filter((id) => id.startsWith("none/none/"))).toEqual(["none/none/neutral", "none/none/wallow"]);
  });
});
