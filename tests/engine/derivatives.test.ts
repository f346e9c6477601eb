import { describe, expect, test } from "vitest";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { backward } from "../../src/engine/graph/backward.ts";
import { derivatives } from "../../src/engine/graph/derivatives.ts";
import { Graph } from "../../src/engine/graph/graph.ts";
import { random } from "../../src/util/random.ts";
import { relativeError } from "./fixtures.ts";
import { finiteDifferences, linearLoss, prepareCase, upTo } from "./numerics.ts";
import { type OperatorCase, operatorCases } from "./operatorCases.ts";

const reference = createReferenceExecutor();

test("every operator has a case", () => {
  const covered = new Set(operatorCases(random("cases")).map(({ operator }) => operator));
  expect([...covered].sort()).toEqual(Object.keys(derivatives).sort());
});

describe.each([1, 2])("derivatives against finite differences, sizes drawn with seed %i", (seed) => {
  const differentiable = operatorCases(random("derivatives", seed)).filter(({ floats }) => floats.length > 0);
  test.each(differentiable.map((each) => [`${each.operator} ${each.name}`, each] as const))(
    "%s",
    async (name, each) => {
      await expectRightDerivatives(each, `${name} ${seed}`);
    },
  );
});

async function expectRightDerivatives(each: OperatorCase, key: string): Promise<void> {
  const stream = random(key);
  const { graph, outputs, floats, inputs } = prepareCase(each, stream);
  const { loss, functional } = linearLoss(graph, outputs[0] as (typeof outputs)[number], stream);
  const operands = floats.slice(0, each.differentiable ?? floats.length);
  graph.output("loss", loss);
  backward(graph, loss, operands).forEach((gradient, i) => {
    if (!gradient) throw new Error(`no gradient by operand ${i}`);
    expect(gradient.shape).toEqual(operands[i]?.shape);
    graph.output(`gradient${i}`, gradient);
  });
  const feeds = { ...inputs, functional };
  const gradients = await (await reference.compile(graph)).run(feeds);
  const forward = await reference.compile(upTo(graph, "loss"));
  for (const i of operands.keys()) {
    const expected = await finiteDifferences(
      inputs[`float${i}`] as Float64Array,
      async () => (await forward.run(feeds)).loss?.[0] as number,
    );
    expect(relativeError(gradients[`gradient${i}`] ?? [], expected), `operand ${i}`).toBeLessThan(1e-6);
  }
}

test("a value used several times gets the sum of all its gradients", async () => {
  const graph = new Graph();
  const x = graph.input("x", [1, 3]);
  const cube = graph.multiply(graph.multiply(x, x), x);
  const loss = graph.sum(graph.add(graph.add(cube, x), x), [0, 1], false);
  const [gradient] = backward(graph, loss, [x]);
  graph.output("gradient", gradient as typeof x);
  const program = await reference.compile(graph);
  const { gradient: numbers } = await program.run({ x: Float64Array.of(-1, 0, 2) });
  expect([...(numbers ?? [])]).toEqual([5, 2, 14]);
});

test("a parameter that the loss does not depend on has no gradient", () => {
  const graph = new Graph();
  const [used, unused] = [graph.input("used", [2]), graph.input("unused", [2])];
  const gradients = backward(graph, graph.sum(used, [0], false), [used, unused]);
  expect(gradients[0]?.shape).toEqual([2]);
  expect(gradients[1]).toBeUndefined();
});
