import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { promptLogits } from "../../scripts/promptLogits.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { exportOnnx } from "../../src/engine/export/exportOnnx.ts";
import type { ModelConfig } from "../../src/engine/model/config.ts";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { embeddedModel } from "../../src/experiment/study.ts";
import { expectedOf, fixtureFolder, modelFolders } from "../model/fixtures.ts";
import { tinyConfigs, tinyWeights } from "./tiny.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "inoculate-export-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const int64 = (rows: readonly (readonly number[])[]): ort.Tensor =>
  new ort.Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0]?.length ?? 0]);

/** An exported model, fed as transformers.js feeds it. */
class Exported {
  readonly #session: ort.InferenceSession;
  readonly #config: ModelConfig;
  #past: Record<string, ort.Tensor> = {};

  private constructor(session: ort.InferenceSession, config: ModelConfig) {
    this.#session = session;
    this.#config = config;
  }

  static async load(at: string, config: ModelConfig): Promise<Exported> {
    const path = join(at, "onnx", "model.onnx");
    return new Exported(await ort.InferenceSession.create(path, { intraOpNumThreads: 1, logSeverityLevel: 3 }), config);
  }

  /** Reads tokens [batch, sequence] behind what was read before; logits [batch][sequence * vocabulary]. */
  async read(ids: number[][], mask: number[][], positions: number[][]): Promise<number[][]> {
    const { layers, keyValueHeads, headDim } = this.#config;
    const feeds: Record<string, ort.Tensor> = {
      input_ids: int64(ids),
      attention_mask: int64(mask),
      position_ids: int64(positions),
    };
    for (let layer = 0; layer < layers; layer++) {
      for (const part of ["key", "value"]) {
        const empty = new ort.Tensor("float32", new Float32Array(0), [ids.length, keyValueHeads, 0, headDim]);
        feeds[`past_key_values.${layer}.${part}`] = this.#past[`present.${layer}.${part}`] ?? empty;
      }
    }
    const { logits, ...present } = await this.#session.run(feeds);
    this.#past = present;
    if (logits === undefined) throw new Error("the model has no output named logits");
    const flat = [...(logits.data as Float32Array)];
    const size = flat.length / ids.length;
    return ids.map((_, row) => flat.slice(row * size, (row + 1) * size));
  }
}

const upTo = (start: number, end: number): number[] => Array.from({ length: end - start }, (_, i) => start + i);

function expectClose(ours: readonly number[], theirs: readonly number[], tolerance: number): void {
  expect(ours).toHaveLength(theirs.length);
  const largest = Math.max(...theirs.map(Math.abs));
  const difference = Math.max(...theirs.map((value, i) => Math.abs(value - (ours[i] as number))));
  expect(difference / largest).toBeLessThan(tolerance);
}

describe("an exported model gives the logits of Python's transformers", () => {
  test.each(modelFolders)("%s: at once, in steps, and padded on the left", async (name) => {
    const model = await readModelFolder(fixtureFolder(name));
    const at = join(folder, name);
    await exportOnnx(at, model);
    const { tokens, logits } = expectedOf(name);
    const whole = await Exported.load(at, model.config);
    const [ids, expected] = [tokens[0] as number[], (logits[0] as number[][]).flat()];
    const { length } = ids;
    expectClose((await whole.read([ids], [ids.map(() => 1)], [upTo(0, length)]))[0] as number[], expected, 1e-5);

    const steps = await Exported.load(at, model.config);
    const pieces: number[] = [];
    for (const [from, to] of [[0, 3], [3, 4], ...upTo(4, length).map((t) => [t, t + 1])] as [number, number][]) {
      const [row] = await steps.read([ids.slice(from, to)], [upTo(0, to).map(() => 1)], [upTo(from, to)]);
      pieces.push(...(row as number[]));
    }
    expectClose(pieces, expected, 1e-5);

    const padded = await Exported.load(at, model.config);
    const rows = [
      [0, 0, 0, ...ids],
      [...ids, ...ids.slice(0, 3)],
    ];
    const masks = [[0, 0, 0, ...ids.map(() => 1)], rows[1]?.map(() => 1) as number[]];
    const [first] = await padded.read(rows, masks, [[1, 1, 1, ...upTo(0, length)], upTo(0, length + 3)]);
    expectClose(first?.slice(3 * model.config.vocabSize) as number[], expected, 1e-5);
  });
});

describe("an exported model gives the engine's logits", () => {
  const programs = new ProgramCache(createOnnxExecutor());
  afterAll(() => programs.release());
  const ids = Array.from({ length: 12 }, (_, t) => (7 * t + 3) % 23);

  test.each(Object.entries(tinyConfigs))("%s", async (name, config: ModelConfig) => {
    const weights = tinyWeights(config, 5);
    const { files, template } = await readModelFolder(fixtureFolder("smollm2"));
    const at = join(folder, `tiny-${name}`);
    await exportOnnx(at, { config, weights, files, template });
    const expected = (await promptLogits({ programs, config, weights }, ids)).flat();
    const exported = await Exported.load(at, config);
    expectClose((await exported.read([ids], [ids.map(() => 1)], [upTo(0, 12)]))[0] as number[], expected, 1e-5);
  });

  test("with weights in several files beside the model", async () => {
    const model = await readModelFolder(embeddedModel());
    const [inside, beside] = [join(folder, "inside"), join(folder, "beside")];
    await exportOnnx(inside, model);
    const { files } = await exportOnnx(beside, model, { externalAbove: 0, maxFileBytes: 1e6 });
    const data = files.filter((file) => file.includes("_data"));
    expect(data.slice(0, 2)).toEqual(["onnx/model.onnx_data", "onnx/model.onnx_data_1"]);
    expect((await readdir(join(beside, "onnx"))).sort()).toEqual(
      [...data.map((file) => file.slice(5)), "model.onnx"].sort(),
    );
    const config = JSON.parse(await readFile(join(beside, "config.json"), "utf8"));
    expect(config["transformers.js_config"]).toEqual({ dtype: "fp32", use_external_data_format: data.length });
    expect((await stat(join(beside, "onnx/model.onnx"))).size).toBeLessThan(
      (await stat(join(inside, "onnx/model.onnx"))).size / 2,
    );
    const read = async (at: string) =>
      (await Exported.load(at, model.config)).read([ids], [ids.map(() => 1)], [upTo(0, 12)]);
    expect(await read(beside)).toEqual(await read(inside));
  });
});

test("the folder says what transformers.js has to know", async () => {
  const model = await readModelFolder(fixtureFolder("gemma2"));
  const at = join(folder, "texts");
  const { files } = await exportOnnx(at, model);
  const json = async (name: string) => JSON.parse(await readFile(join(at, name), "utf8"));
  expect(await json("config.json")).toMatchObject({
    model_type: "gemma2",
    "transformers.js_config": { dtype: "fp32" },
  });
  expect(await json("tokenizer_config.json")).toMatchObject({ chat_template: model.template.source });
  expect([(await json("generation_config.json")).eos_token_id].flat()).toEqual(model.config.eosTokenIds);
  for (const file of files) expect((await stat(join(at, file))).size).toBeGreaterThan(0);
});
