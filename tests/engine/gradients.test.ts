import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { adamwStep, clipFactor, createAdamWState, globalNorm } from "../../src/engine/train/adamw.ts";
import { lossAndGradients } from "../../src/engine/train/gradients.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { fixtureFile, gradientFixture, gradientFixtures, relativeError } from "./fixtures.ts";

const executors = { onnx: createOnnxExecutor(), reference: createReferenceExecutor() };

describe.each(Object.entries(executors))("gradients of the %s executor", (_id, executor) => {
  /** A fixture's batch and the same rows packed, each computed once. */
  const computed = new Map<string, ReturnType<typeof compute>>();
  async function compute(name: (typeof gradientFixtures)[number]) {
    const fixture = await gradientFixture(name);
    const programs = new ProgramCache(executor);
    const whole = await lossAndGradients(programs, fixture.trainee, [fixture.batch], [0]);
    const packed = await lossAndGradients(programs, fixture.trainee, [fixture.packed], [0]);
    await programs.release();
    return { fixture, whole, packed };
  }
  const computedOnce: typeof compute = (name) => {
    const known = computed.get(name) ?? compute(name);
    computed.set(name, known);
    return known;
  };

  test.each(gradientFixtures)("agree with PyTorch's on %s", async (name) => {
    const { fixture, whole } = await computedOnce(name);
    const { loss, gradients } = whole;
    expect(Math.abs(loss - fixture.loss)).toBeLessThan(1e-5);
    expect([...gradients.keys()].sort()).toEqual([...fixture.gradients.keys()].sort());
    for (const [parameter, expected] of fixture.gradients) {
      const error = relativeError(gradients.get(parameter) ?? [], expected);
      expect(error, parameter).toBeLessThan(1e-4);
    }
  });

  test.each(gradientFixtures)("are the same for a packed batch and for micro-batches on %s", async (name) => {
    const { whole, packed } = await computedOnce(name);
    expect(packed.loss).toBeCloseTo(whole.loss, 5);
    for (const [parameter, expected] of whole.gradients) {
      expect(relativeError(packed.gradients.get(parameter) ?? [], expected), parameter).toBeLessThan(1e-5);
    }
  });
});

test("AdamW with clipping takes PyTorch's steps", () => {
  const fixture = JSON.parse(readFileSync(fixtureFile("adamw.json"), "utf8"));
  const floats = (record: Record<string, number[]>) =>
    new Map(Object.entries(record).map(([name, numbers]) => [name, Float32Array.from(numbers)]));
  const parameters = new Map([...floats(fixture.initial)].map(([name, data]) => [name, { data }]));
  const state = createAdamWState();
  for (const step of fixture.steps) {
    const gradients = floats(step.gradients);
    const norm = globalNorm(gradients);
    expect(norm).toBeCloseTo(step.gradNorm, 5);
    adamwStep(state, parameters, gradients, step.learningRate, fixture, clipFactor(norm, fixture.maxGradNorm));
    for (const [name, expected] of floats(step.parameters)) {
      expect(relativeError(parameters.get(name)?.data ?? [], expected), name).toBeLessThan(1e-6);
    }
  }
});
