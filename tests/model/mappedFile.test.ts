import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { mapFile } from "../../src/engine/model/mappedFile.ts";
import { readSafetensors, writeSafetensors } from "../../src/engine/model/safetensors.ts";

const folder = mkdtempSync(join(tmpdir(), "inoculate-mapped-"));
afterAll(() => rmSync(folder, { recursive: true }));
const path = join(folder, "large.safetensors");
const large = Float32Array.from({ length: 2 ** 22 }, (_, i) => Math.fround(i / 3));
const weights = new Map([
  ["large", { shape: [2 ** 11, 2 ** 11], data: large }],
  ["small", { shape: [3], data: Float32Array.of(1, -2, 3) }],
]);
await writeSafetensors(path, weights);

const mapped = await mapFile(path, readFileSync(path).length);

test("a large file's weights are those that were written, mapped or read", async () => {
  const read = await readSafetensors(path);
  expect([...read.keys()].sort()).toEqual(["large", "small"]);
  const { data } = read.get("large") as { data: Float32Array };
  expect(Buffer.compare(Buffer.from(data.buffer, data.byteOffset, data.byteLength), Buffer.from(large.buffer))).toBe(0);
  expect([...(read.get("small")?.data ?? [])]).toEqual([1, -2, 3]);
});

test.skipIf(mapped === undefined)("mapped bytes are the file's, and writing into them leaves the file as it is", () => {
  const before = readFileSync(path);
  const bytes = new Uint8Array(mapped as ArrayBuffer);
  expect(Buffer.compare(Buffer.from(bytes.buffer), before)).toBe(0);
  bytes.fill(7);
  expect(Buffer.compare(readFileSync(path), before)).toBe(0);
});

test("a small file is read", async () => {
  expect(await mapFile(path, 1000)).toBeUndefined();
});
