import { describe, expect, test } from "vitest";
import { type FactorPoint, inoculationFactor } from "../../src/stats/inoculationFactor.ts";
import { random } from "../../src/util/random.ts";

const options = { seed: 1 };

/** A point of one or more seeds, its denominator's interval `half` to either side. */
function point(neutralChanges: number[], promptedChanges: number[], half = 5): FactorPoint {
  const center = promptedChanges.reduce((sum, value) => sum + value, 0) / promptedChanges.length;
  return { neutralChanges, promptedChanges, promptedInterval: [center - half, center + half] };
}

describe("the estimate", () => {
  test("is exact on the diagonal, whatever the points' signs and sizes", () => {
    const points = [40, -30, 8, 90].map((change) => point([change], [change]));
    expect(inoculationFactor(points, options)).toEqual({
      k: 1,
      interval: [1, 1],
      medianRatio: 1,
      kept: 4,
      dropped: 0,
      groups: 4,
    });
  });

  test("hardly moves with a point of small denominator and wild ratio, unlike the mean ratio", () => {
    const points = [...[40, -30, 60, 90].map((change) => point([0.9 * change], [change])), point([30], [6])];
    const { k, medianRatio } = inoculationFactor(points, options);
    expect(k).toBeCloseTo(0.9, 1);
    expect(medianRatio).toBeCloseTo(0.9, 12);
  });

  test("leaves out points whose denominator's interval holds 0, its ends included, and counts them", () => {
    const clear = [point([10], [20]), point([-15], [-30])];
    const unclear: FactorPoint[] = [
      { neutralChanges: [50], promptedChanges: [1], promptedInterval: [-1, 3] },
      { neutralChanges: [50], promptedChanges: [2], promptedInterval: [0, 4] },
      { neutralChanges: [50], promptedChanges: [-2], promptedInterval: [-4, 0] },
    ];
    const result = inoculationFactor([...unclear, ...clear], options);
    expect(result).toMatchObject({ k: 0.5, kept: 2, dropped: 3 });
  });
});

describe("the interval", () => {
  test("covers the true factor", () => {
    const experiments = 300;
    let covered = 0;
    for (let key = 0; key < experiments; key++) {
      const stream = random(key, "factor");
      const points = Array.from({ length: 24 }, () => {
        const change = stream.pick([-50, -25, 20, 45, 70]);
        return point([0.9 * change + 8 * stream.normal()], [change]);
      });
      const { interval } = inoculationFactor(points, { resamples: 400, seed: key });
      const [low, high] = interval as [number, number];
      if (low <= 0.9 && 0.9 <= high) covered++;
    }
    expect(covered / experiments).toBeGreaterThan(0.89);
    expect(covered / experiments).toBeLessThan(0.99);
  });

  test("is wider where the points are traits of few trainings that share their luck", () => {
    const stream = random(3, "shared");
    const trainings = Array.from({ length: 6 }, () => 0.9 + 0.3 * stream.normal());
    const traits = [-50, -30, 20, 40, 60, 80];
    const points = trainings.flatMap((k, training) =>
      traits.map((change) => ({ ...point([k * change], [change]), group: String(training) })),
    );
    const together = inoculationFactor(points, options);
    const apart = inoculationFactor(
      points.map(({ group, ...rest }) => rest),
      options,
    );
    const width = ({ interval }: typeof apart): number => (interval?.[1] ?? 0) - (interval?.[0] ?? 0);
    expect(together.k).toBe(apart.k);
    expect(together.groups).toBe(6);
    expect(width(together)).toBeGreaterThan(1.5 * width(apart));
  });

  test("of one training comes from its seeds alone, and one seed has none", () => {
    expect(inoculationFactor([point([10, 20, 30], [40, 40, 40])], options).interval).toEqual([
      expect.closeTo(0.25, 10),
      expect.closeTo(0.75, 10),
    ]);
    expect(inoculationFactor([point([10], [40])], options)).toMatchObject({
      k: 0.25,
      interval: null,
      reason: expect.stringContaining("one training alone"),
    });
  });

  test("is a pure function of its seed", () => {
    const points = Array.from({ length: 20 }, (_, index) => point([30 + index * (index % 3)], [30 + index]));
    expect(inoculationFactor(points, { seed: 2 })).toEqual(inoculationFactor(points, { seed: 2 }));
    expect(inoculationFactor(points, { seed: 2 }).interval).not.toEqual(
      inoculationFactor(points, { seed: 3 }).interval,
    );
  });
});

describe("without points", () => {
  test("there is a reason instead", () => {
    const none = { k: null, interval: null, medianRatio: null, kept: 0, groups: 0 };
    expect(inoculationFactor([], options)).toEqual({ ...none, dropped: 0, reason: "there are no points" });
    expect(inoculationFactor([point([3], [1])], options)).toEqual({
      ...none,
      dropped: 1,
      reason: "every point's change under the prompt may be 0",
    });
  });
});

test.each([
  ["seeds that differ in number", [point([1, 2], [30])], /point 0: expected both changes.*got 2 and 1/],
  ["no seeds", [{ ...point([1], [30]), neutralChanges: [], promptedChanges: [] }], /got 0 and 0/],
  ["numbers that are none", [point([1], [30]), point([Number.NaN], [30])], /point 1: expected finite/],
  ["an interval the wrong way round", [{ ...point([1], [30]), promptedInterval: [35, 25] as const }], /\[35, 25\]/],
  ["an interval of something else", [{ ...point([1], [30]), promptedInterval: [-9, -4] as const }], /of the mean 30/],
  [
    "groups with different seeds",
    [
      { ...point([1], [30]), group: "a" },
      { ...point([1, 2], [30, 30]), group: "a" },
    ],
    /expected 1 seeds in group "a", got 2/,
  ],
])("refuses %s", (_, points, message) => {
  expect(() => inoculationFactor(points, options)).toThrow(message);
});
