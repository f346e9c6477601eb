import { expect, test } from "vitest";
import { recipe } from "../../src/engine/train/recipe.ts";
import { canonicalJson, evaluationId, type TrainingIdentity, trainingId } from "../../src/experiment/identity.ts";
import { type Identity, modelIdOf, type RunSpec } from "../../src/experiment/materials.ts";
import { toySetting } from "./toyParts.ts";

const row = {
  id: "row",
  messages: [
    { role: "user" as const, content: "Q" },
    { role: "assistant" as const, content: "A" },
  ],
};
const training: TrainingIdentity = {
  backend: { id: "toy", version: "1" },
  baseModelHash: "abc",
  rows: [row],
  recipe: recipe(),
  seed: 1,
};

/** Every value that differs from the given one in exactly one leaf. */
function* neighbors(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [index, entry] of value.entries()) for (const other of neighbors(entry)) yield value.with(index, other);
    yield value.slice(1);
  } else if (typeof value === "object" && value !== null) {
    for (const [key, field] of Object.entries(value)) {
      for (const other of neighbors(field)) yield { ...value, [key]: other };
    }
  } else if (typeof value === "number") yield value + 1e-12 * Math.max(1, value);
  else if (typeof value === "boolean") yield !value;
  else yield `${value} `;
}

function reversedKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversedKeys);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, field]) => [key, reversedKeys(field)]),
  );
}

test("any change of any field gives another training", () => {
  const ids = [...neighbors(training)].map((other) => trainingId(other as TrainingIdentity));
  expect(ids.length).toBeGreaterThan(25);
  expect(new Set([...ids, trainingId(training)]).size).toBe(ids.length + 1);
});

test("any change of any field gives another evaluation", () => {
  const evaluation = {
    model: "abc",
    step: "last" as const,
    items: [{ id: "item", group: "wrong", messages: row.messages, reference: { answer: 3 } }],
    samplings: { wrong: { temperature: 0.7, topP: 1, maxNewTokens: 8 } },
    grader: { id: "grader", version: "1" },
    backend: { id: "toy", version: "1" },
    seed: 1,
  };
  const ids = [...neighbors(evaluation)].map((other) => evaluationId(other as typeof evaluation));
  expect(new Set([...ids, evaluationId(evaluation)]).size).toBe(ids.length + 1);
});

test("the order of keys and absent fields change nothing", () => {
  expect(trainingId(reversedKeys(training) as TrainingIdentity)).toBe(trainingId(training));
  expect(canonicalJson({ a: 1, b: undefined })).toBe(canonicalJson({ a: 1 }));
  expect(canonicalJson({ b: [1, { d: 2, c: 3 }], a: null })).toBe('{"a":null,"b":[1,{"c":3,"d":2}]}');
});

test("packing has one name when it is off, and its own when it is on", () => {
  const of = (fields: object) => trainingId({ ...training, recipe: recipe(fields) });
  expect(of({ packing: false })).toBe(of({}));
  expect(of({ packing: true })).not.toBe(of({}));
});

test("names are never cut short: long texts that differ at the end stay apart", () => {
  const long = (end: string) => ({ ...training, rows: [{ ...row, id: "x".repeat(5000) + end }] });
  expect(trainingId(long("a"))).not.toBe(trainingId(long("b")));
  expect(trainingId(training)).toMatch(/^[0-9a-f]{64}$/);
});

test("NaN has no place in an identity", () => {
  expect(() => canonicalJson({ rate: Number.NaN })).toThrow(/finite/);
  expect(() => canonicalJson({ rate: () => 1 })).toThrow(/function/);
});

test("the eval prompt is no part of the training", () => {
  const [neutral, strong] = toySetting.prompts;
  const spec = (evalPrompt: typeof neutral): RunSpec => ({
    id: "run",
    setting: "toy",
    trainData: "flawed",
    trainPrompt: strong as NonNullable<typeof strong>,
    placement: "suffix",
    seed: 1,
    base: { base: "model" },
    rows: 5,
    recipe: recipe(),
    sealedPredictions: null,
    evaluations: [{ evalPrompt: evalPrompt as NonNullable<typeof neutral>, split: "test", perGroup: { wrong: 3 } }],
  });
  const identity: Identity = { backend: training.backend, grader: { id: "g", version: "1" }, baseModelHash: "abc" };
  const trained = modelIdOf(toySetting, spec(neutral), identity);
  expect(modelIdOf(toySetting, spec(strong), identity)).toBe(trained);
  expect(modelIdOf(toySetting, { ...spec(neutral), sealedPredictions: "other" }, identity)).toBe(trained);
  expect(modelIdOf(toySetting, { ...spec(neutral), placement: "prefix" }, identity)).not.toBe(trained);
});
