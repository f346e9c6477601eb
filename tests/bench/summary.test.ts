import { describe, expect, test } from "vitest";
import type { Side, SideResult } from "../../bench/speed/side.ts";
import { disagreements, median, summarize, timeKindOf } from "../../bench/speed/summary.ts";
import type { Workload } from "../../bench/speed/workloads.ts";

const workload: Workload = {
  kind: "training",
  shape: "tiny",
  method: "lora",
  plan: { rounds: 2, warmUp: 1, measured: 2 },
};

/** 32 rows of 40. */
const tokens = 1280;

const side = (name: string, precision: Side["precision"], isOurs = false): Side => ({
  name,
  isOurs,
  precision,
  before: [],
  after: "",
});

/** Steps in processor seconds; on the clock each takes twice as long. */
const result = (steps: number[], checks: SideResult["checks"], peakBytes = 1e6): SideResult => ({
  steps: steps.map((processor) => ({ processor, clock: 2 * processor })),
  firstStep: { processor: 3, clock: 6 },
  peakBytes,
  checks,
});

const agreed = { firstLoss: 7, firstGradNorm: 2 };
const [ours, eager, half] = [side("onnx", "fp32", true), side("eager-fp32", "fp32"), side("eager-bf16", "bf16")];

test("the median of an even number is between the two in the middle", () => {
  expect(median([4, 1, 2, 9])).toBe(3);
  expect(median([5])).toBe(5);
});

test("one thread is measured in processor time, several on the clock", () => {
  expect([timeKindOf(1), timeKindOf(2)]).toEqual(["processor", "clock"]);
});

describe("a summary", () => {
  const results = new Map([
    [ours, [result([90, 1, 1], agreed, 5e6), result([90, 1, 3], agreed, 6e6)]],
    [eager, [result([90, 2, 2], agreed, 12e6), result([90, 2, 2], agreed)]],
  ]);

  test("leaves warm-up steps out, takes the median step and the largest peak", () => {
    const { sides } = summarize(workload, "processor", results);
    expect(sides.onnx).toEqual({ tokensPerSecond: tokens, spread: 3, peakMegabytes: 6, firstStepSeconds: 3 });
    expect(summarize(workload, "clock", results).sides.onnx?.tokensPerSecond).toBe(tokens / 2);
  });

  test("divides ours by each peer's", () => {
    const { ratios } = summarize(workload, "processor", results);
    expect(ratios).toEqual({ onnx: { "eager-fp32": { tokensPerSecond: 2, peakMemory: 0.5, firstStep: 1 } } });
  });
});

describe("sides that do different work are found", () => {
  const compare = (of: Side, checks: SideResult["checks"], expected: SideResult["checks"] = agreed) =>
    summarize(
      workload,
      "processor",
      new Map([
        [eager, [result([1, 1], expected), result([1, 1], expected)]],
        [of, [result([1, 1], expected), result([1, 1], checks)]],
      ]),
    );

  test("by the loss, with the limit of their precision, in any round", () => {
    expect(disagreements(compare(ours, { ...agreed, firstLoss: 7.00005 }))).toEqual([]);
    expect(disagreements(compare(ours, { ...agreed, firstLoss: 6.999 }))).toHaveLength(1);
    expect(disagreements(compare(half, { ...agreed, firstLoss: 7.015 }))).toEqual([]);
    expect(disagreements(compare(half, { ...agreed, firstLoss: 7.03 }))).toHaveLength(1);
  });

  test("by a loss that is missing or no number", () => {
    expect(disagreements(compare(ours, {}))).toHaveLength(1);
    expect(disagreements(compare(half, { firstLoss: Number.NaN, firstGradNorm: 2 }))).toHaveLength(1);
  });

  test("by the first tokens", () => {
    const tokens = Array.from({ length: 64 }, (_, i) => i);
    const others = (count: number): number[] => tokens.map((token) => (token < count ? token + 1 : token));
    const check = (of: Side, count: number) =>
      disagreements(compare(of, { firstTokens: others(count) }, { firstTokens: tokens }));
    expect(check(ours, 1)).toEqual([]);
    expect(check(ours, 2)).toHaveLength(1);
    expect(check(half, 12)).toEqual([]);
    expect(check(half, 13)).toHaveLength(1);
    expect(disagreements(compare(ours, {}, { firstTokens: tokens }))).toHaveLength(1);
  });

  test("the gradient norm's distance is relative", () => {
    const { differences } = compare(half, { firstLoss: 7, firstGradNorm: 2.5 });
    expect(differences["eager-bf16"]).toEqual({ precision: "bf16", loss: 0, gradNorm: 0.25 });
    expect(differences["eager-fp32"]).toEqual({ precision: "fp32", loss: 0, gradNorm: 0 });
  });
});
