import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Executor } from "../../src/engine/executors/executor.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { arenaBytes } from "../../src/engine/executors/onnxArena.ts";
import { onnxPlan } from "../../src/engine/executors/onnxPlan.ts";
import { Graph, type Value } from "../../src/engine/graph/graph.ts";
import { type Buffer, peakBytes, valueLifetimes } from "../../src/engine/graph/liveness.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import { initialWeights } from "../../src/engine/model/initialWeights.ts";
import { generate } from "../../src/engine/sample/generate.ts";
import { score } from "../../src/engine/sample/score.ts";
import { initialAdapter } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { recipe } from "../../src/engine/train/recipe.ts";
import { train } from "../../src/engine/train/train.ts";
import { trainingGraph } from "../../src/engine/train/trainingGraph.ts";
import { MemoryError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { randomRows, tinyConfigs } from "./tiny.ts";

afterEach(() => vi.unstubAllEnvs());

describe("the peak of buffers", () => {
  test.each([1, 2, 3])("is the largest sum at any step, seed %i", (seed) => {
    const stream = random("buffers", seed);
    const buffers = Array.from({ length: 40 }, (): Buffer => {
      const from = stream.integer(0, 20);
      return { bytes: stream.integer(1, 100), from, to: from + stream.integer(0, 6) };
    });
    const heldAt = (step: number): number =>
      buffers.reduce((sum, { bytes, from, to }) => sum + (from <= step && step <= to ? bytes : 0), 0);
    expect(peakBytes(buffers)).toBe(Math.max(...Array.from({ length: 30 }, (_, step) => heldAt(step))));
  });

  test("of nothing is nothing", () => expect(peakBytes([])).toBe(0));
});

/** 4 bytes times 100 numbers. */
const unit = 400;

describe("the plan of ONNX Runtime", () => {
  const peakOf = (build: (graph: Graph, x: Value) => Value): number => {
    const graph = new Graph();
    graph.output("y", build(graph, graph.input("x", [10, 10])));
    return peakBytes(onnxPlan(graph)) / unit;
  };

  test.each<[name: string, buffers: number, build: (graph: Graph, x: Value) => Value]>([
    ["an operator on an input leaves the input alone", 1, (g, x) => g.sigmoid(x)],
    ["element-wise operators overwrite what nobody else reads", 2, (g, x) => g.tanh(g.tanh(g.sigmoid(g.sigmoid(x))))],
    ["a reshape is a view", 1, (g, x) => g.reshape(g.matmul(x, x), [100])],
    ["an addition folded into a product has no buffer for the product", 1, (g, x) => g.add(g.matmul(x, x), x)],
    [
      "a value read later stays",
      3,
      (g, x) => {
        const early = g.matmul(x, x);
        return g.matmul(g.matmul(early, x), early);
      },
    ],
  ])("%s", (_name, buffers, build) => {
    // An output has a buffer of its own, from the step that fills it.
    expect(peakOf(build)).toBeLessThanOrEqual(buffers);
    expect(peakOf(build)).toBeGreaterThanOrEqual(Math.min(buffers, 1));
  });

  test.each(Object.keys(tinyConfigs))(
    "holds the outputs of %s to the end, and less than every value at once",
    (name) => {
      const config = tinyConfigs[name as keyof typeof tinyConfigs] as ModelConfig;
      const graph = trainingGraph(config, { batch: 2, seq: 16, lossRows: 8 }, undefined);
      const buffers = onnxPlan(graph);
      const outputs = [...graph.outputs.values()].reduce(
        (sum, { shape }) => sum + 4 * shape.reduce((a, b) => a * b, 1),
        0,
      );
      const all = valueLifetimes(graph).reduce((sum, { bytes }) => sum + bytes, 0);
      expect(peakBytes(buffers)).toBeGreaterThanOrEqual(outputs);
      expect(peakBytes(buffers)).toBeLessThan(all);
      for (const { from, to } of buffers) expect(to).toBeGreaterThanOrEqual(from);
    },
  );

  test("grows with batch and rows", () => {
    const peak = (batch: number, seq: number): number =>
      peakBytes(
        onnxPlan(trainingGraph(tinyConfigs["multi-head"] as ModelConfig, { batch, seq, lossRows: 8 }, recipe().lora)),
      );
    expect(peak(8, 32)).toBeGreaterThan(1.6 * peak(4, 32));
    expect(peak(4, 64)).toBeGreaterThan(1.9 * peak(4, 32));
  });
});

describe("the arena", () => {
  const mebibyte = 2 ** 20;

  test("takes at least the peak, and no less for a second run", () => {
    const stream = random("arena");
    for (let round = 0; round < 5; round++) {
      const buffers = Array.from({ length: 60 }, (_, from) => ({
        bytes: stream.integer(1, 400) * 10_000,
        from,
        to: from + stream.integer(0, 20),
      }));
      const [first, second] = [arenaBytes(buffers, 1), arenaBytes(buffers, 2)];
      expect(first).toBeGreaterThanOrEqual(peakBytes(buffers));
      expect(second).toBeGreaterThanOrEqual(first);
    }
  });

  test("uses what is free again", () => {
    const buffers = Array.from({ length: 10 }, (_, step) => ({ bytes: 8 * mebibyte, from: step, to: step }));
    expect(arenaBytes(buffers, 3)).toBe(8 * mebibyte);
  });
});

describe("what does not fit into memory", () => {
  const config: ModelConfig = { ...(tinyConfigs["multi-head"] as ModelConfig), vocabSize: 40_000 };
  const weights = initialWeights(config, 1);
  const rows = randomRows(Array(32).fill(100), 40_000, 1);
  const onnx = createOnnxExecutor();
  /** Predicts, and fails the test if anything is compiled. */
  const idle: Executor = {
    ...onnx,
    compile: () => expect.unreachable("something was compiled"),
  };
  const limited = (megabytes: number): unknown =>
    vi.stubEnv("INOCULATE_MEMORY", `${Math.round(process.memoryUsage.rss() / 1e6) + megabytes}MB`);
  const attempt = (settings: ReturnType<typeof recipe>, executor = idle): Promise<unknown> => {
    const adapter = settings.method === "lora" && {
      lora: settings.lora,
      weights: initialAdapter(config, settings.lora, 1),
    };
    return train(new ProgramCache(executor), { config, weights, ...(adapter && { adapter }) }, rows, settings, {
      seed: 1,
    });
  };

  test("is not trained: the message has the estimate, what there is and a batch that would fit", async () => {
    limited(60);
    const failure = attempt(recipe({ effectiveBatchSize: 32, microBatchSize: 32 }));
    await expect(failure).rejects.toThrow(MemoryError);
    await expect(failure).rejects.toThrow(
      /needs about \d+ MB .*activations \d+ MB.* available; what would fit: microBatchSize [1-9]+/,
    );
    await expect(failure).rejects.toThrow(/INOCULATE_MEMORY=none/);
  });

  test("is not trained in full: with too little for single rows, LoRA is named", async () => {
    limited(25);
    await expect(attempt(recipe({ method: "full", microBatchSize: 1, effectiveBatchSize: 2 }))).rejects.toThrow(
      /method lora|rows of at most/,
    );
  });

  test("is not scored", async () => {
    limited(40);
    await expect(score({ programs: new ProgramCache(idle), config, weights }, rows)).rejects.toThrow(
      /scoring these rows needs about/,
    );
  });

  test("is not sampled where two replies at a time are too many", async () => {
    vi.stubEnv("INOCULATE_MEMORY", "1MB");
    const big = { ...config, layers: 200, heads: 64, keyValueHeads: 64 };
    const sampling = { temperature: 0, topP: 1, maxNewTokens: 64 };
    const options = { seed: 1, ids: ["a"], stopTokens: new Set<number>() };
    const sampled = generate(
      { programs: new ProgramCache(idle), config: big, weights },
      [[1, 2, 3]],
      sampling,
      options,
    );
    await expect(sampled).rejects.toThrow(/sampling needs about/);
  });

  test("is tried all the same when it is asked for", async () => {
    vi.stubEnv("INOCULATE_MEMORY", "none");
    const huge = {
      ...onnx,
      memory: () => ({ held: 1e18, running: 1e18 }),
      compile: () => Promise.reject(new Error("compiled")),
    };
    await expect(attempt(recipe(), huge)).rejects.toThrow("compiled");
  });

  test("fewer replies grow side by side where memory is short, and they are the same", async () => {
    const small = tinyConfigs["multi-head"] as ModelConfig;
    const prompts = Array.from({ length: 40 }, (_, i) => [2 + (i % 20), 3, 4 + (i % 7)]);
    const sample = (executor: Executor): Promise<object[]> =>
      generate(
        { programs: new ProgramCache(executor), config: small, weights: initialWeights(small, 1) },
        prompts,
        { temperature: 0.7, topP: 1, maxNewTokens: 8 },
        {
          seed: 1,
          ids: prompts.map((_, i) => `${i}`),
          stopTokens: new Set(),
        },
      );
    const lanes: number[] = [];
    const watched: Executor = {
      ...onnx,
      // As if a lane took 10 MB.
      memory: (graph) => ({ held: 0, running: 1e7 * ((graph.inputs.get("tokenIds")?.shape[0] ?? 0) as number) }),
      compile: (graph) => {
        if (graph.inputs.has("mask")) lanes.push(graph.inputs.get("tokenIds")?.shape[0] as number);
        return onnx.compile(graph);
      },
    };
    const wanted = await sample(onnx);
    vi.stubEnv("INOCULATE_MEMORY", `${Math.round(process.memoryUsage.rss() / 1e6) + 150}MB`);
    expect(await sample(watched)).toEqual(wanted);
    expect(Math.max(...lanes)).toBeLessThan(48);
  });
});

test("a training's memory is predicted within 20 % of what its process takes", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "bench/memory.ts", "micro-lora"], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const { worst } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "{}") as { worst?: number };
  expect(worst, stderr).toBeLessThan(0.2);
});
