import { chmod, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Weights } from "../../src/engine/model/parameters.ts";
import { readSafetensors, readShardedSafetensors, writeSafetensors } from "../../src/engine/model/safetensors.ts";
import { UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { copyOf, editJson, fixtureFolder, scratchFolder } from "./fixtures.ts";

/** A file from its parts, however wrong they are. */
async function fileOf(header: unknown, dataBytes: number, declaredLength?: bigint): Promise<string> {
  const json = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(declaredLength ?? BigInt(json.length));
  const path = join(await scratchFolder(), "file.safetensors");
  await writeFile(path, Buffer.concat([length, json, Buffer.alloc(dataBytes)]));
  return path;
}

const tensor = (begin: number, end: number, fields: object = {}) => ({
  dtype: "F32",
  shape: [(end - begin) / 4],
  data_offsets: [begin, end],
  ...fields,
});

function randomTensors(seed: number): Weights {
  const stream = random("tensors", seed);
  return new Map(
    Array.from({ length: stream.integer(0, 6) }, (_, i) => {
      const shape = Array.from({ length: stream.integer(0, 3) }, () => stream.integer(0, 4));
      const size = shape.reduce((product, n) => product * n, 1);
      const data = Float32Array.from({ length: size }, () => stream.normal() * 10 ** stream.integer(-40, 38));
      return [`name ${i} "quoted" ü`, { shape, data }];
    }),
  );
}

describe("round trip", () => {
  test.each(Array.from({ length: 20 }, (_, seed) => seed))("keeps names, shapes and bits (seed %i)", async (seed) => {
    const path = join(await scratchFolder(), "deep", "er", "x.safetensors");
    const tensors = randomTensors(seed);
    await writeSafetensors(path, tensors);
    expect(await readSafetensors(path)).toEqual(tensors);
  });

  test("NaN, infinities, denormals and -0 survive; the data is aligned", async () => {
    const path = join(await scratchFolder(), "x.safetensors");
    const data = Float32Array.from([Number.NaN, Number.POSITIVE_INFINITY, -0, 1e-45, Number.NEGATIVE_INFINITY]);
    await writeSafetensors(path, new Map([["odd", { shape: [5], data }]]));
    expect((await readSafetensors(path)).get("odd")?.data).toEqual(data);
    expect((await readFile(path)).readBigUInt64LE() % 8n).toBe(0n);
  });

  test("a view into larger memory is written alone", async () => {
    const path = join(await scratchFolder(), "x.safetensors");
    await writeSafetensors(path, new Map([["x", { shape: [2], data: new Float32Array([1, 2, 3, 4]).subarray(1, 3) }]]));
    expect([...((await readSafetensors(path)).get("x")?.data ?? [])]).toEqual([2, 3]);
  });

  test("leaves no temporary file", async () => {
    const folder = await scratchFolder();
    await writeSafetensors(join(folder, "x.safetensors"), randomTensors(3));
    expect(await readdir(folder)).toEqual(["x.safetensors"]);
  });
});

describe("number formats", () => {
  test("every half-precision number is widened exactly", async () => {
    const header = { x: { dtype: "F16", shape: [65536], data_offsets: [0, 131072] } };
    const path = await fileOf(header, 131072);
    const bytes = await readFile(path);
    for (let half = 0; half < 65536; half++) bytes.writeUInt16LE(half, bytes.length - 131072 + 2 * half);
    await writeFile(path, bytes);
    const values = (await readSafetensors(path)).get("x")?.data as Float32Array;
    const at = (half: number): number => values[half] as number;
    expect([at(0x3c00), at(0xc000), at(0x7bff), at(0x0001), at(0x7c00), at(0xfc00)]).toEqual([
      1,
      -2,
      65504,
      2 ** -24,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ]);
    expect(Object.is(at(0x8000), -0)).toBe(true);
    expect(at(0x7e00)).toBeNaN();
    for (let half = 1; half < 0x7c00; half++) expect(at(half) > at(half - 1)).toBe(true);
  });

  test("bfloat16 is the upper half of float32", async () => {
    const path = await fileOf({ x: { dtype: "BF16", shape: [3], data_offsets: [0, 6] } }, 6);
    const bytes = await readFile(path);
    [0x3f80, 0xc049, 0x7f80].forEach((half, i) => {
      bytes.writeUInt16LE(half, bytes.length - 6 + 2 * i);
    });
    await writeFile(path, bytes);
    expect([...((await readSafetensors(path)).get("x")?.data ?? [])]).toEqual([1, -3.140625, Number.POSITIVE_INFINITY]);
  });
});

describe("malformed files are refused with the reason", () => {
  test.each<[string, unknown, number, bigint | undefined, RegExp]>([
    ["header length beyond the file", { a: tensor(0, 8) }, 8, 5000n, /header length 5000 is beyond the file's/],
    ["absurd header length", { a: tensor(0, 8) }, 8, 2n ** 63n, /header length 9223372036854775808/],
    ["header that is no JSON", "{nonsense", 0, undefined, /header: expected JSON/],
    ["header that is a list", [1], 0, undefined, /header: expected a JSON object/],
    ["truncated data", { a: tensor(0, 16) }, 12, undefined, /a: data_offsets \[0, 16\] lie beyond/],
    [
      "overlapping tensors",
      { a: tensor(0, 8), b: tensor(4, 12) },
      12,
      undefined,
      /b: data_offsets \[4, 12\] overlap with a/,
    ],
    ["the same range twice", { a: tensor(0, 8), b: tensor(0, 8) }, 8, undefined, /overlap/],
    ["a gap", { a: tensor(0, 8), b: tensor(12, 16) }, 16, undefined, /b: .*leave 4 bytes unused/],
    ["bytes that belong to nothing", { a: tensor(0, 8) }, 20, undefined, /12 bytes after a belong to no tensor/],
    [
      "shape that does not fit",
      { a: tensor(0, 8, { shape: [3] }) },
      8,
      undefined,
      /a: shape \[3\] in F32 needs 12 bytes/,
    ],
    ["huge shape", { a: tensor(0, 8, { shape: [2 ** 40, 2 ** 40] }) }, 8, undefined, /a: shape/],
    ["negative shape", { a: tensor(0, 8, { shape: [-2] }) }, 8, undefined, /a\.shape\.0/],
    ["offsets the wrong way round", { a: tensor(0, 8, { data_offsets: [8, 0] }) }, 8, undefined, /a: shape/],
    ["fractional offsets", { a: tensor(0, 8, { data_offsets: [0.5, 8.5] }) }, 8, undefined, /a\.data_offsets/],
    [
      "an unsupported dtype",
      { a: tensor(0, 8, { dtype: "F8_E4M3" }) },
      8,
      undefined,
      /a: dtype F8_E4M3 is not supported/,
    ],
    ["a dtype named like a method", { a: tensor(0, 8, { dtype: "toString" }) }, 8, undefined, /dtype toString/],
    ["a missing field", { a: { dtype: "F32", shape: [2] } }, 8, undefined, /a\.data_offsets/],
  ])("%s", async (_, header, dataBytes, declared, message) => {
    const path = await fileOf(header, dataBytes, declared);
    const failure = await readSafetensors(path).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UserError);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).toContain(path);
  });

  test("a file cut at any place is refused, never misread", async () => {
    const path = join(await scratchFolder(), "x.safetensors");
    await writeSafetensors(path, new Map([["x", { shape: [4], data: new Float32Array([1, 2, 3, 4]) }]]));
    const whole = await readFile(path);
    for (let length = 0; length < whole.length; length++) {
      await writeFile(path, whole.subarray(0, length));
      await expect(readSafetensors(path)).rejects.toThrow(UserError);
    }
  });

  test("a missing file and a folder in its place", async () => {
    const folder = await scratchFolder();
    await expect(readSafetensors(join(folder, "none"))).rejects.toThrow(/there is no such file/);
    await expect(readSafetensors(folder)).rejects.toThrow(UserError);
  });
});

test("a folder that cannot be written is the user's mistake", async () => {
  const folder = await scratchFolder();
  await writeFile(join(folder, "taken"), "");
  await expect(writeSafetensors(join(folder, "taken", "x"), new Map())).rejects.toThrow(UserError);
  if (process.getuid?.() === 0) return; // root may write anywhere
  await chmod(folder, 0o500);
  await expect(writeSafetensors(join(folder, "x"), new Map())).rejects.toThrow(/no permission/);
});

describe("shards", () => {
  test("are read as one", async () => {
    const weights = await readShardedSafetensors(fixtureFolder("llama-gqa-untied"));
    expect(weights.size).toBe(21);
    expect(weights.get("model.layers.1.self_attn.k_proj.weight")?.shape).toEqual([16, 32]);
  });

  test("an index that names a tensor no shard has, or a path, is refused", async () => {
    const folder = await copyOf("llama-gqa-untied");
    const index = join(folder, "model.safetensors.index.json");
    const { weight_map } = JSON.parse(await readFile(index, "utf8"));
    await editJson(index, { weight_map: { ...weight_map, ghost: "model-00001-of-00002.safetensors" } });
    await expect(readShardedSafetensors(folder)).rejects.toThrow(/ghost should be in model-00001/);
    await editJson(index, { weight_map: { x: "../../secret" } });
    await expect(readShardedSafetensors(folder)).rejects.toThrow(/not a plain file name/);
    await editJson(index, { weight_map: undefined });
    await expect(readShardedSafetensors(folder)).rejects.toThrow(/weight_map: expected an object/);
  });
});
