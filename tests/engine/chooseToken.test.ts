import { describe, expect, test } from "vitest";
import { chooseToken } from "../../src/engine/sample/chooseToken.ts";
import { UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";

const draws = 20_000;

/** How often each token is chosen over evenly spread uniform numbers: its probability to within 1 / draws. */
function frequencies(logits: Float32Array, temperature: number, topP: number): number[] {
  const counts = new Array<number>(logits.length).fill(0);
  for (let i = 0; i < draws; i++) {
    const token = chooseToken(logits, { temperature, topP, maxNewTokens: 1 }, (i + 0.5) / draws);
    counts[token] = (counts[token] as number) + 1 / draws;
  }
  return counts;
}

/** softmax(logits / temperature), cut to the smallest set of likeliest tokens that reaches topP. */
function distribution(logits: Float32Array, temperature: number, topP: number): number[] {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  const total = weights.reduce((a, b) => a + b, 0);
  const sorted = [...weights.entries()].sort(([i, a], [j, b]) => b - a || i - j);
  const kept = new Set<number>();
  let mass = 0;
  for (const [token, weight] of sorted) {
    if (mass >= topP) break;
    kept.add(token);
    mass += weight / total;
  }
  return weights.map((weight, token) => (kept.has(token) ? weight / total / mass : 0));
}

const stream = random("logits");
const logits = Float32Array.from({ length: 12 }, () => 2 * stream.normal());

describe("tokens are chosen with the probabilities of", () => {
  test.each([
    [1, 1],
    [0.7, 1],
    [2.5, 1],
    [1, 0.9],
    [0.7, 0.5],
    [1, 0.999],
    [1, 1e-9],
  ])("temperature %d and top-p %d", (temperature, topP) => {
    const expected = distribution(logits, temperature, topP);
    frequencies(logits, temperature, topP).forEach((frequency, token) => {
      expect(Math.abs(frequency - (expected[token] as number))).toBeLessThan(1.01 / draws);
    });
  });
});

const choose = (numbers: number[], temperature: number, uniform: number, topP = 1): number =>
  chooseToken(Float32Array.from(numbers), { temperature, topP, maxNewTokens: 1 }, uniform);

test("greedy takes the first of the largest", () => {
  expect(choose([1, 3, 2, 3], 0, 0.9)).toBe(1);
  expect(choose([5, 5, 5], 0, 0.9)).toBe(0);
  expect(choose([-2, -1], 0, 0.9)).toBe(1);
});

test("top-p keeps at least one token, and the first of two equal ones", () => {
  for (const uniform of [0, 0.5, 1 - 2 ** -53]) {
    expect(choose([0, 4, 4], 1, uniform, 1e-300)).toBe(1);
  }
});

test("a token of probability 0 is never chosen, at either end of the uniform numbers", () => {
  expect(choose([Number.NEGATIVE_INFINITY, 0, 0, Number.NEGATIVE_INFINITY], 1, 0)).toBe(1);
  expect(choose([Number.NEGATIVE_INFINITY, 0, 0, Number.NEGATIVE_INFINITY], 1, 1 - 2 ** -53)).toBe(2);
  expect(choose([-1e6, 0, 0, -1e6], 1, 0)).toBe(1);
});

test.each([0.1, 1, 10])("extreme logits give the likeliest token at temperature %d", (temperature) => {
  for (const uniform of [0, 0.3, 1 - 2 ** -53]) {
    expect(choose([-3e38, 3e38, 0], temperature, uniform)).toBe(1);
    expect(choose([-3e38, 3e38, 0], temperature, uniform, 0.5)).toBe(1);
    expect(choose([0, 1e5, -1e5], temperature, uniform, 0.9)).toBe(1);
    expect(choose([-3e38, -3e38], temperature, uniform, 0.4)).toBe(0);
  }
});

test("a temperature close to zero is greedy", () => {
  expect(choose([1, 1.001, 0], 1e-300, 0.999)).toBe(1);
});

test.each([0, 1])("logits that are not numbers are an error at temperature %d", (temperature) => {
  const { NaN: nan, POSITIVE_INFINITY: infinite, NEGATIVE_INFINITY: none } = Number;
  for (const numbers of [
    [nan, nan],
    [nan, 1],
    [1, infinite],
    [none, none],
  ]) {
    expect(() => choose(numbers, temperature, 0.5)).toThrow(UserError);
  }
});
