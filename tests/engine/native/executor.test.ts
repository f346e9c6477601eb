import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadNativeLibrary } from "../../../src/engine/executors/native/library.ts";
import { createNativeExecutor } from "../../../src/engine/executors/native/native.ts";
import { createReferenceExecutor } from "../../../src/engine/executors/reference.ts";
import { lossAndGradients } from "../../../src/engine/train/gradients.ts";
import { ProgramCache } from "../../../src/engine/train/programCache.ts";
import { random } from "../../../src/util/random.ts";
import { fixtureFile, gradientFixture, gradientFixtures, relativeError } from "../fixtures.ts";
import { prepareCase } from "../numerics.ts";
import { operatorCases } from "../operatorCases.ts";

/** The noise of transformers under autocast on the same fixtures, see scripts/python/autocast_noise.py. */
const autocast: Record<string, number> = JSON.parse(readFileSync(fixtureFile("autocast.json"), "utf8"));
const library = await loadNativeLibrary();
const reason = "unavailable" in library ? library.unavailable : "";

describe.skipIf(reason !== "")(`the native executor ${reason}`, () => {
  const executor = "unavailable" in library ? createReferenceExecutor() : createNativeExecutor(library);

  describe.each([1, 2, 3, 4])("agrees with the reference, sizes drawn with seed %i", (seed) => {
    const cases = operatorCases(random("agreement", seed));
    test.each(cases.map((each) => [`${each.operator} ${each.name}`, each] as const))("%s", async (name, each) => {
      const { graph, outputs, inputs } = prepareCase(each, random("agreement", name, seed));
      for (const [i, output] of outputs.entries()) graph.output(`output${i}`, output);
      const feeds = Object.fromEntries(
        Object.entries(inputs).map(([key, data]) => [
          key,
          data instanceof Float64Array ? Float32Array.from(data) : data,
        ]),
      );
      const [actual, expected] = [
        await (await executor.compile(graph)).run(feeds),
        await (await createReferenceExecutor().compile(graph)).run(feeds),
      ];
      const bound = each.operator === "matmul" ? 1e-2 : 1e-5;
      for (const [output, numbers] of Object.entries(expected)) {
        expect(actual[output]).toHaveLength(numbers.length);
        expect(relativeError(actual[output] ?? [], numbers), output).toBeLessThan(bound);
      }
    });
  });

  describe("has no more gradient noise than PyTorch's autocast", () => {
    const ratios: number[] = [];

    test.each(gradientFixtures)("by more than chance on %s", async (name) => {
      const fixture = await gradientFixture(name);
      const programs = new ProgramCache(executor);
      const { loss, gradients } = await lossAndGradients(programs, fixture.trainee, [fixture.batch], [0]);
      expect(Math.abs(loss / fixture.loss - 1)).toBeLessThan(0.02);
      expect([...gradients.keys()].sort()).toEqual([...fixture.gradients.keys()].sort());
      const ratio = totalError(gradients, fixture.gradients) / (autocast[name] as number);
      ratios.push(ratio);
      expect(ratio).toBeLessThan(1.5);
    });

    test("on the whole", () => {
      const meanLog = ratios.reduce((sum, ratio) => sum + Math.log(ratio), 0) / ratios.length;
      expect(Math.exp(meanLog)).toBeLessThan(1);
    });
  });

  test("gives the same bits for any number of threads", async () => {
    if ("unavailable" in library) return;
    const fixture = await gradientFixture("llama-gqa-untied-lora");
    const run = (threads: number) =>
      lossAndGradients(
        new ProgramCache(createNativeExecutor(library, { threads })),
        fixture.trainee,
        [fixture.batch],
        [0],
      );
    const [one, two, three] = [await run(1), await run(2), await run(3)];
    expect(two).toEqual(one);
    expect(three).toEqual(one);
  });
});

/** |g - expected| / |expected| over all gradients together. */
function totalError(actual: ReadonlyMap<string, Float32Array>, expected: ReadonlyMap<string, Float32Array>): number {
  let [error, norm] = [0, 0];
  for (const [name, numbers] of expected) {
    const own = actual.get(name) as Float32Array;
    numbers.forEach((x, i) => {
      error += (x - (own[i] as number)) ** 2;
      norm += x * x;
    });
  }
  return Math.sqrt(error / norm);
}
