import { afterAll, describe, expect, test } from "vitest";
import type { Executor } from "../../src/engine/executors/executor.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { chooseToken } from "../../src/engine/sample/chooseToken.ts";
import { prefillGraph } from "../../src/engine/sample/decodingGraphs.ts";
import { type Generated, type GenerateOptions, type Generator, generate } from "../../src/engine/sample/generate.ts";
import type { Sampling } from "../../src/engine/sample/sampling.ts";
import { layOut } from "../../src/engine/train/batch.ts";
import { weightInputs } from "../../src/engine/train/gradients.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { UserError } from "../../src/util/errors.ts";
import { random, uniformAt } from "../../src/util/random.ts";
import { tinyConfigs, tinyWeights } from "./tiny.ts";

const greedy = { temperature: 0, topP: 1 };
const sampled = { temperature: 0.9, topP: 0.95 };
const noStop: ReadonlySet<number> = new Set();

const generatorOf = (executor: Executor, name: keyof typeof tinyConfigs): Generator => ({
  programs: new ProgramCache(executor),
  config: tinyConfigs[name],
  weights: tinyWeights(tinyConfigs[name], 3),
});

function randomPrompts(lengths: readonly number[]): number[][] {
  const stream = random("prompts", lengths.length);
  return lengths.map((length) => Array.from({ length }, () => stream.integer(0, 22)));
}

const idsOf = (prompts: readonly unknown[]): string[] => prompts.map((_, i) => `item ${i}`);

/** Reads the whole text again for every token: what a cache must not change. */
async function withoutCache(
  { programs, config, weights }: Generator,
  prompt: readonly number[],
  sampling: Sampling,
  { seed, id, stopTokens }: { seed: number; id: string; stopTokens: ReadonlySet<number> },
): Promise<Generated> {
  const reply: number[] = [];
  for (let step = 0; step < sampling.maxNewTokens; step++) {
    const tokenIds = [...prompt, ...reply];
    const seq = Math.ceil(tokenIds.length / 16) * 16;
    const program = await programs.get(["whole", config, seq], () => prefillGraph(config, 1, seq));
    const batch = layOut([[{ tokenIds, lossWeights: [] }]], 1, seq);
    const lastRows = Int32Array.of(tokenIds.length - 1);
    const { tokenIds: ids, positions, segments } = batch;
    const { logits } = await program.run({ ...weightInputs(weights), tokenIds: ids, positions, segments, lastRows });
    const token = chooseToken(logits as Float32Array, sampling, uniformAt(seed, id, step));
    if (stopTokens.has(token)) return { tokenIds: reply, finishReason: "stop" };
    reply.push(token);
  }
  return { tokenIds: reply, finishReason: "length" };
}

describe.each([createOnnxExecutor(), createReferenceExecutor()])("decoding with a cache on $id", (executor) => {
  const models = Object.keys(tinyConfigs) as (keyof typeof tinyConfigs)[];
  const generators = Object.fromEntries(models.map((model) => [model, generatorOf(executor, model)]));
  afterAll(() => Promise.all(Object.values(generators).map(({ programs }) => programs.release())));
  const ways = [
    ["greedy", greedy],
    ["sampled", sampled],
  ] as const;
  test.each(models.flatMap((model) => ways.map(([name, way]) => [model, name, way] as const)))(
    "gives the tokens that reading everything again gives: %s, %s",
    async (model, _, way) => {
      const generator = generators[model] as Generator;
      // Lengths that pass the cache's sizes 32 and 64 in the prompt, at the first token and in the reply.
      const prompts = randomPrompts(executor.id === "onnx" ? [1, 5, 27, 31, 32, 33, 58, 64] : [1, 28, 32, 60]);
      const [ids, sampling] = [idsOf(prompts), { ...way, maxNewTokens: 8 }];
      const stopTokens = new Set([7]);
      const replies = await generate(generator, prompts, sampling, { seed: 11, ids, stopTokens, batchSize: 3 });
      for (const [i, prompt] of prompts.entries()) {
        const options = { seed: 11, id: ids[i] as string, stopTokens };
        expect(replies[i], ids[i]).toEqual(await withoutCache(generator, prompt, sampling, options));
      }
      expect(new Set(replies.flatMap(({ tokenIds }) => tokenIds)).size).toBeGreaterThan(5);
    },
  );
});

describe("replies do not depend on", () => {
  const generator = generatorOf(createOnnxExecutor(), "grouped-query");
  const prompts = randomPrompts(Array.from({ length: 24 }, (_, i) => 1 + ((7 * i) % 40)));
  const ids = idsOf(prompts);
  const sampling = { ...sampled, maxNewTokens: 10 };
  const reply = (order: readonly number[], options: Partial<GenerateOptions> = {}): Promise<Generated[]> =>
    generate(
      generator,
      order.map((i) => prompts[i] as number[]),
      sampling,
      { seed: 5, ids: order.map((i) => ids[i] as string), stopTokens: noStop, ...options },
    );
  const order = [...prompts.keys()];

  test.each([1, 2, 3, 5, 8, 13, 24, 32])("the batch size: %i", async (batchSize) => {
    expect(await reply(order, { batchSize })).toEqual(await reply(order));
  });

  test("the order of the prompts, nor on which others there are", async () => {
    const expected = await reply(order);
    const shuffled = random("order").shuffle(order).slice(0, 17);
    const replies = await reply(shuffled, { batchSize: 6 });
    expect(replies).toEqual(shuffled.map((i) => expected[i]));
  });

  test("anything but seed and id: other ones give other replies", async () => {
    const same = ["a", "a", "b"];
    const options = { ids: same, stopTokens: noStop, seed: 1 };
    const three = [prompts[3], prompts[3], prompts[3]] as number[][];
    const [first, second, third] = await generate(generator, three, sampling, options);
    expect(second).toEqual(first);
    expect(third).not.toEqual(first);
    const [otherSeed] = await generate(generator, three, sampling, { ...options, seed: 2 });
    expect(otherSeed).not.toEqual(first);
  });
});

describe("a reply", () => {
  const generator = generatorOf(createOnnxExecutor(), "multi-head");
  const prompts = randomPrompts([4, 9, 2]);
  const options = { seed: 1, ids: idsOf(prompts), stopTokens: noStop };
  const sampling = { ...sampled, maxNewTokens: 20 };

  test("ends before the first stop token, whatever its neighbours do", async () => {
    const unstopped = await generate(generator, prompts, sampling, options);
    const stop = unstopped[1]?.tokenIds[3] as number;
    const stopped = await generate(generator, prompts, sampling, { ...options, stopTokens: new Set([stop]) });
    for (const [i, { tokenIds }] of unstopped.entries()) {
      const at = tokenIds.indexOf(stop);
      const expected =
        at < 0 ? { tokenIds, finishReason: "length" } : { tokenIds: tokenIds.slice(0, at), finishReason: "stop" };
      expect(stopped[i]).toEqual(expected);
    }
  });

  test("may be empty", async () => {
    const [first] = await generate(generator, prompts, { ...greedy, maxNewTokens: 1 }, options);
    const stopTokens = new Set(first?.tokenIds);
    const [stopped] = await generate(generator, prompts, { ...greedy, maxNewTokens: 1 }, { ...options, stopTokens });
    expect(stopped).toEqual({ tokenIds: [], finishReason: "stop" });
  });

  test("ends at maxNewTokens", async () => {
    const replies = await generate(generator, prompts, { ...sampled, maxNewTokens: 7 }, options);
    expect(replies.map(({ tokenIds, finishReason }) => [tokenIds.length, finishReason])).toEqual(
      prompts.map(() => [7, "length"]),
    );
  });

  test("may fill the context to its last position, and no further", async () => {
    const long = randomPrompts([118]);
    const fits = await generate(generator, long, { ...greedy, maxNewTokens: 10 }, { ...options, ids: ["long"] });
    expect(fits[0]?.tokenIds).toHaveLength(10);
    const tooMuch = generate(generator, long, { ...greedy, maxNewTokens: 11 }, { ...options, ids: ["long"] });
    await expect(tooMuch).rejects.toThrow(UserError);
    await expect(tooMuch).rejects.toThrow(/prompt "long" needs 129 tokens .* context holds 128/);
  });

  test("needs a prompt of tokens that the model knows, and every prompt an id", async () => {
    const unknown = generate(generator, [[3], [4, 23]], sampling, { ...options, ids: ["one", "two"] });
    await expect(unknown).rejects.toThrow(/prompt "two" has token 23, the model knows 0 to 22/);
    const empty = generate(generator, [[3], []], sampling, { ...options, ids: ["one", "two"] });
    await expect(empty).rejects.toThrow(/prompt "two" is empty/);
    const anonymous = generate(generator, [[3], [4]], sampling, { ...options, ids: ["one"] });
    await expect(anonymous).rejects.toThrow(/expected one id per prompt, got 1 ids for 2 prompts/);
  });

  test("is not begun once the work was stopped", async () => {
    const stopped = generate(generator, prompts, sampling, { ...options, signal: AbortSignal.abort() });
    await expect(stopped).rejects.toThrow(/stopped/);
  });

  test("makes room for the next prompt as soon as it ends", async () => {
    const many = randomPrompts(Array.from({ length: 24 }, (_, i) => 3 + (i % 4)));
    const ids = idsOf(many);
    let steps = 0;
    const counting: Generator = {
      ...generator,
      programs: new ProgramCache({
        id: "counting",
        compile: async (graph) => {
          const program = await createOnnxExecutor().compile(graph);
          const decodes = graph.inputs.has("mask");
          return {
            run: (inputs) => {
              if (decodes) steps++;
              return program.run(inputs);
            },
            release: () => program.release(),
          };
        },
      }),
    };
    const stopTokens = new Set([5, 11]);
    const progress: number[] = [];
    const replies = await generate(counting, many, sampling, {
      ...options,
      ids,
      stopTokens,
      batchSize: 4,
      onProgress: (done) => progress.push(done),
    });
    const lengths = replies.map(({ tokenIds }) => tokenIds.length);
    expect(new Set(lengths).size, "the replies differ in length").toBeGreaterThan(4);
    const turns = Array.from({ length: 6 }, (_, turn) => 4 * turn);
    const inTurns = turns.reduce((sum, start) => sum + Math.max(...lengths.slice(start, start + 4)), 0);
    expect(steps).toBeLessThan(0.8 * inTurns);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(progress.at(-1)).toBe(24);
    await counting.programs.release();
  });

  test("is given up when the work is stopped in the middle", async () => {
    const stop = new AbortController();
    const running = generate(generator, prompts, sampling, {
      ...options,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    await expect(running).rejects.toThrow(/stopped/);
  });

  test("no prompts give no replies", async () => {
    expect(await generate(generator, [], sampling, { ...options, ids: [] })).toEqual([]);
  });
});
