import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { sourceHash } from "../../../scripts/buildNative.mjs";
import { buffersOf, planArena } from "../../../src/engine/executors/native/arena.ts";
import { planSteps } from "../../../src/engine/executors/native/planner.ts";
import type { Buffer, Step, View } from "../../../src/engine/executors/native/steps.ts";
import { broadcastTo, fresh, reshaped, sliced, transposed } from "../../../src/engine/executors/native/views.ts";
import { recipe } from "../../../src/engine/train/recipe.ts";
import { trainingGraph } from "../../../src/engine/train/trainingGraph.ts";
import { random } from "../../../src/util/random.ts";
import { gradientFixture } from "../fixtures.ts";

test("the compiled kernels are those of the sources", () => {
  const record = JSON.parse(readFileSync(new URL("../../../native/linux-x64/sources.json", import.meta.url), "utf8"));
  expect(record.sha256, "run node scripts/buildNative.mjs").toBe(sourceHash());
});

/** The numbers of a view in row-major order, where memory holds its own addresses. */
function addresses({ shape, strides, offset }: View): number[] {
  return shape.reduce<number[]>(
    (starts, size, axis) =>
      starts.flatMap((start) => Array.from({ length: size }, (_, i) => start + i * (strides[axis] as number))),
    [offset],
  );
}

describe("views", () => {
  const whole = fresh([2, 3, 4, 5], { kind: "arena" });

  test.each([
    [
      [1, 0, 2, 3],
      [6, 20],
    ],
    [
      [0, 2, 1, 3],
      [2, 12, 5],
    ],
    [
      [2, 0, 1, 3],
      [4, 6, 5],
    ],
    [
      [2, 0, 1, 3],
      [2, 2, 30],
    ],
    [
      [0, 1, 3, 2],
      [6, 1, 5, 4],
    ],
    [
      [3, 2, 1, 0],
      [5, 24],
    ],
  ])("transposed by %j and reshaped to %j show the same numbers, or need a copy", (permutation, shape) => {
    const view = transposed(whole, permutation);
    const result = reshaped(view, shape);
    if (result) expect(addresses(result)).toEqual(addresses(view));
    else expect(addresses(view)).not.toEqual(addresses(whole));
  });

  test("find the parts of a split axis again", () => {
    const view = transposed(whole, [2, 0, 1, 3]);
    expect(reshaped(reshaped(view, [2, 2, 2, 3, 5]) as View, [4, 6, 5])).toEqual({
      ...view,
      shape: [4, 6, 5],
      strides: [5, 20, 1],
    });
  });

  test("repeat themselves where they are broadcast", () => {
    expect(addresses(broadcastTo(sliced(whole, 3, 2, 3), [2, 3, 4, 2]))).toEqual(
      addresses(sliced(whole, 3, 2, 3)).flatMap((address) => [address, address]),
    );
  });
});

describe.each([1, 2, 3])("an arena planned with seed %i", (seed) => {
  const stream = random("arena", seed);
  const buffers = Array.from(
    { length: 60 },
    (): Buffer => ({ words: stream.integer(1, 500), home: { kind: "arena" } }),
  );
  const steps = Array.from({ length: 40 }, (): Step => {
    const used = Array.from({ length: 3 }, () => buffers[stream.integer(0, buffers.length - 1)] as Buffer);
    return { kind: "fill", axes: [], body: used.map((buffer) => ({ buffer, offset: 0 })), writes: used };
  });

  test("never lays memory that is in use at once over each other, and starts at cache lines", () => {
    const { offsets, words } = planArena(steps);
    const lives = new Map<Buffer, [number, number]>();
    steps.forEach((step, at) => {
      for (const buffer of buffersOf(step)) lives.set(buffer, [lives.get(buffer)?.[0] ?? at, at]);
    });
    for (const [a, [firstA, lastA]] of lives) {
      const start = offsets.get(a) as number;
      expect(start % 16).toBe(0);
      expect(start + a.words).toBeLessThanOrEqual(words);
      for (const [b, [firstB, lastB]] of lives) {
        if (a === b || lastA < firstB || lastB < firstA) continue;
        const other = offsets.get(b) as number;
        expect(start + a.words <= other || other + b.words <= start).toBe(true);
      }
    }
  });
});

describe("the plan of a training step", async () => {
  const { config } = await gradientFixture("llama-gqa-untied-lora");
  const shape = { batch: 2, seq: 16, lossRows: 8 };
  const graph = trainingGraph(config, shape, recipe().lora);
  const steps = planSteps(graph, 1);

  test("has one loop over texts and heads per layer and direction", () => {
    expect(steps.filter(({ kind }) => kind === "loop")).toHaveLength(2 * config.layers);
  });

  test("packs no frozen weight again and again", () => {
    const frozen = trainingGraph(config, shape, recipe().lora);
    const packs = (): number => planSteps(frozen, 1).filter(({ kind }) => kind === "pack").length;
    const before = packs();
    frozen.frozen.clear();
    expect(before).toBeLessThanOrEqual(packs() - 7 * config.layers);
  });
});
