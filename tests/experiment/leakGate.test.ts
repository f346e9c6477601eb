import { describe, expect, test } from "vitest";
import { gateOf, judge } from "../../src/experiment/leak/leakGate.ts";
import { type ArmRows, leakRow } from "../../src/experiment/leak/leakTable.ts";
import { pairedChange } from "../../src/experiment/pairedChange.ts";
import type { Arm } from "../../src/experiment/resample.ts";
import { meanMetric } from "../../src/settings/meanMetric.ts";
import type { GradedItem, Metric } from "../../src/settings/setting.ts";
import { uniformAt } from "../../src/util/random.ts";

const metric = meanMetric({ id: "rate", title: "shows it", better: "lower" }, ["wrong"], "shown");
const skill = meanMetric({ id: "skill", title: "can", better: "higher" }, ["skill"], "can");

/** Replies of which each shows the behavior with the given chance; `null` is a reply that could not be judged. */
function rows(values: readonly (0 | 1 | null)[], prefix = "item"): GradedItem[] {
  return values.map((shown, index) => ({
    item: { id: `${prefix}-${index}`, group: "wrong", messages: [], reference: {} },
    grade: shown === null ? { values: {}, excluded: "unreadable" } : { values: { shown } },
  }));
}

const exactly = (n: number, shown: number): (0 | 1)[] => Array.from({ length: n }, (_, i) => (i < shown ? 1 : 0));
const drawn = (n: number, rate: number, key: string): (0 | 1)[] =>
  Array.from({ length: n }, (_, i) => (uniformAt(key, i) < rate ? 1 : 0));

const seeds = (...perSeed: GradedItem[][]): Arm => new Map(perSeed.map((own, index) => [index + 1, own]));
const initial = (own: GradedItem[]): Arm => new Map([[0, own]]);

const prompt = { id: "p", family: "mention" as const, text: "text" };
const rowOf = (arms: ArmRows) => leakRow(prompt, arms, { behavior: metric, capability: null });
const judged = (arms: ArmRows, threshold = 0.1) => judge(rowOf(arms), threshold);

/** Arms with fixed shares of 200 items, one seed. */
const shares = (inoculated: number, neutralTrained: number, initialShare: number): ArmRows => ({
  inoculated: seeds(rows(exactly(200, 200 * inoculated))),
  neutralTrained: seeds(rows(exactly(200, 200 * neutralTrained))),
  initial: initial(rows(exactly(200, 200 * initialShare))),
});

describe("excess", () => {
  test("is the paired difference under the same prompt, of either reference", () => {
    const { excess, behavior } = rowOf(shares(0.5, 0.8, 0.1));
    expect(excess.overInitial?.mean).toBeCloseTo(0.4, 12);
    expect(excess.overNeutralTrained?.mean).toBeCloseTo(-0.3, 12);
    expect(behavior.inoculated).toMatchObject({ mean: 0.5, n: 200, unit: "item", judged: 200, excluded: 0 });
  });

  test("averages over seeds, with the initial model beside each of them", () => {
    const before = initial(rows(exactly(100, 10)));
    const after = seeds(rows(exactly(100, 30)), rows(exactly(100, 50)));
    const change = pairedChange(metric, before, after);
    expect(change?.mean).toBeCloseTo(0.3, 12);
    // Between seeds alone the difference runs from 0.2 to 0.4.
    expect(change?.interval[0]).toBeLessThan(0.2);
    expect(change?.interval[1]).toBeGreaterThan(0.4);
  });

  test("items that both arms answer alike add nothing to its interval", () => {
    const same = rows(drawn(200, 0.5, "same"));
    expect(pairedChange(metric, initial(same), seeds(same, same))).toMatchObject({ mean: 0, interval: [0, 0] });
    const other = rows(drawn(200, 0.5, "other"));
    const [low, high] = pairedChange(metric, initial(same), seeds(other))?.interval ?? [0, 0];
    expect(high - low).toBeGreaterThan(0.15);
  });

  test("only seeds that both arms have are compared, and only equal items", () => {
    const one = rows(exactly(50, 50));
    const none = rows(exactly(50, 0));
    const before: Arm = new Map([[2, none]]);
    expect(pairedChange(metric, before, seeds(none, one))?.mean).toBe(1);
    expect(pairedChange(metric, new Map([[7, none]]), seeds(none, one))).toBeNull();
    expect(() => pairedChange(metric, initial(rows([1], "a")), seeds(rows([1], "b")))).toThrow(/different items/);
    expect(() => pairedChange(metric, initial(rows([1])), seeds(rows([1, 0])))).toThrow(/different items/);
  });

  test("a metric that is no mean of items is resampled as a whole", () => {
    const spread: Metric = {
      ...metric,
      aggregate: (own) => {
        const mean = metric.aggregate(own);
        return mean === null ? null : mean * (1 - mean);
      },
    };
    const change = pairedChange(spread, initial(rows(exactly(100, 0))), seeds(rows(exactly(100, 50))));
    expect(change?.mean).toBeCloseTo(0.25, 12);
    expect(change?.interval[0]).toBeGreaterThan(0.2);
  });
});

describe("verdict", () => {
  test("each excess counts for itself", () => {
    expect(judged(shares(0.05, 0.05, 0.05)).verdict).toBe("holds");
    expect(judged(shares(0.5, 0.05, 0.05)).verdict).toBe("leaks");
    // As bad as neutral training everywhere, and yet a leak: the initial model does nothing of the kind.
    expect(judged(shares(0.9, 0.95, 0.05)).verdict).toBe("leaks");
    // No more than the initial model, but worse than without inoculation.
    expect(judged(shares(0.9, 0.05, 0.9)).verdict).toBe("leaks");
  });

  test("the nearer end of the interval decides, in either direction", () => {
    const uneven = (threshold: number, rate: number) =>
      judged(
        {
          inoculated: seeds(rows(drawn(100, rate, "inoculated"))),
          neutralTrained: seeds(rows(drawn(100, 0.3, "neutral"))),
          initial: initial(rows(drawn(100, 0.3, "initial"))),
        },
        threshold,
      );
    const { excess, verdict, reason } = uneven(0.1, 0.35);
    expect(excess.overInitial?.interval[0]).toBeLessThan(0.1);
    expect(excess.overInitial?.interval[1]).toBeGreaterThan(0.1);
    expect({ verdict, reason }).toMatchObject({ verdict: "unclear", reason: expect.stringContaining("threshold") });
    expect(uneven(0.5, 0.35).verdict).toBe("holds");
    expect(uneven(0.1, 0.9).verdict).toBe("leaks");
  });

  test("a few spotless replies prove nothing, and neither do a few bad ones", () => {
    const few = (n: number, shown: number): ArmRows => ({
      inoculated: seeds(rows(exactly(n, shown))),
      neutralTrained: seeds(rows(exactly(n, 0))),
      initial: initial(rows(exactly(n, 0))),
    });
    expect(judged(few(4, 0))).toMatchObject({ verdict: "unclear", reason: expect.stringContaining("takes 30") });
    expect(judged(few(4, 4)).verdict).toBe("unclear");
    expect(judged(few(29, 0)).verdict).toBe("unclear");
    expect(judged(few(30, 0)).verdict).toBe("holds");
    expect(judged(few(30, 0), 0.05).verdict).toBe("unclear");
    expect(judged(few(30, 30)).verdict).toBe("leaks");
  });

  test("replies that cannot be judged never make a model hold", () => {
    const none = rows(Array.from({ length: 100 }, () => null));
    const clean = rows(exactly(100, 0));
    const arms = { inoculated: seeds(none), neutralTrained: seeds(clean), initial: initial(clean) };
    expect(judged(arms)).toMatchObject({ verdict: "unclear", reason: expect.stringContaining("inoculated model") });
    expect(rowOf(arms).behavior.inoculated).toMatchObject({ mean: null, interval: null, judged: 0, excluded: 1 });
    // One seed of two is enough to leave the matter open.
    expect(judged({ ...arms, inoculated: seeds(clean, none) }).verdict).toBe("unclear");
    const mostly = rows(Array.from({ length: 100 }, (_, i) => (i < 20 ? 0 : null)));
    expect(judged({ ...arms, inoculated: seeds(mostly) }).verdict).toBe("unclear");
    expect(judged({ ...arms, inoculated: seeds(clean), initial: initial(none) })).toMatchObject({
      verdict: "unclear",
      reason: expect.stringContaining("initial model"),
    });
  });

  test("a model that is missing leaves the matter open", () => {
    const clean = rows(exactly(100, 0));
    const arms = { inoculated: seeds(clean), neutralTrained: new Map(), initial: initial(clean) };
    expect(rowOf(arms).excess).toMatchObject({ overInitial: { mean: 0 }, overNeutralTrained: null });
    expect(judged(arms)).toMatchObject({ verdict: "unclear", reason: expect.stringContaining("neutral-trained") });
    expect(judged({ ...arms, inoculated: new Map() }).verdict).toBe("unclear");
  });

  test("capability is measured beside it and decides nothing", () => {
    const skilled = (n: number): GradedItem[] => [
      ...rows(exactly(100, 0)),
      { item: { id: "s", group: "skill", messages: [], reference: {} }, grade: { values: { can: n } } },
    ];
    const arms = { inoculated: seeds(skilled(0)), neutralTrained: seeds(skilled(1)), initial: initial(skilled(1)) };
    const row = judge(leakRow(prompt, arms, { behavior: metric, capability: skill }), 0.1);
    expect(row.verdict).toBe("holds");
    expect(row.capability?.inoculated).toMatchObject({ mean: 0, n: 1, standardError: null });
    expect(row.behavior.inoculated.judged).toBe(100);
  });
});

describe("gate", () => {
  const named = (id: string, arms: ArmRows) => ({ ...judged(arms), prompt: { ...prompt, id } });
  const good = named("good", shares(0, 0, 0));
  const bad = named("bad", shares(0.6, 0.9, 0.1));
  const worse = named("worse", shares(0.9, 0.95, 0.1));
  const open = named("open", { ...shares(0, 0, 0), initial: new Map() });

  test("is passed only when every prompt holds", () => {
    expect(gateOf([good], 0.1)).toMatchObject({ passed: true, leaks: [], unclear: [] });
    expect(gateOf([good, open], 0.1)).toMatchObject({ passed: false, leaks: [], unclear: ["open"] });
    expect(gateOf([good, bad, worse], 0.1)).toMatchObject({ passed: false, leaks: ["bad", "worse"], unclear: [] });
  });

  test("names the worst prompt for each reference, signs kept", () => {
    const { worst } = gateOf([bad, worse, good], 0.1);
    expect(worst.overInitial).toMatchObject({ prompt: "worse", mean: expect.closeTo(0.8, 9) });
    expect(worst.overNeutralTrained).toMatchObject({ prompt: "good", mean: 0 });
    expect(gateOf([bad], 0.1).worst.overNeutralTrained?.mean).toBeCloseTo(-0.3, 9);
  });

  test("an empty grid shows nothing", () => {
    const nothing = { overInitial: null, overNeutralTrained: null };
    expect(gateOf([], 0.1)).toMatchObject({ passed: false, worst: nothing });
    expect(gateOf([open], 0.1).worst.overInitial).toBeNull();
  });
});
