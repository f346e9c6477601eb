import { describe, expect, test } from "vitest";
import { loadNativeLibrary } from "../../src/engine/executors/native/library.ts";
import { createNativeExecutor } from "../../src/engine/executors/native/native.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { prepareCase } from "./numerics.ts";
import { operatorCases } from "./operatorCases.ts";

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
});
