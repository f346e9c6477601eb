import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { hubCacheFolder } from "../../src/hub/hubCache.ts";
import { modelFolder } from "../../src/hub/modelFolder.ts";

const [first, second] = ["a".repeat(40), "b".repeat(40)];
let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "inoculate-cache-"));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  for (const name of ["HF_HOME", "HUGGINGFACE_HUB_CACHE", "XDG_CACHE_HOME"]) vi.stubEnv(name, "");
  vi.stubEnv("HF_HUB_CACHE", cache);
  onTestFinished(() => void vi.unstubAllEnvs());
});

/** A snapshot with empty files. */
async function snapshot(name: string, commit: string, files: Record<string, string>, ref?: string): Promise<string> {
  const repository = join(cache, `models--${name.replace("/", "--")}`);
  const folder = join(repository, "snapshots", commit);
  await mkdir(folder, { recursive: true });
  await mkdir(join(repository, "refs"), { recursive: true });
  for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
  if (ref !== undefined) await writeFile(join(repository, "refs", ref), commit);
  return folder;
}

const whole = { "config.json": "{}", "tokenizer.json": "{}", "model.safetensors": "" };

test("a path stays as it is", () => {
  expect(modelFolder("models/tiny")).toBe("models/tiny");
  expect(modelFolder("tiny", "models")).toBe(join(process.cwd(), "models/tiny"));
});

test("an id is its snapshot in the cache: of main, of a tag, of a commit", async () => {
  const [main, old] = [
    await snapshot("org/name", first, whole, "main"),
    await snapshot("org/name", second, whole, "v1"),
  ];
  expect(modelFolder("org/name")).toBe(main);
  expect(modelFolder("org/name", cache)).toBe(main);
  expect(modelFolder("org/name@v1")).toBe(old);
  expect(modelFolder(`org/name@${second}`)).toBe(old);
  expect(await snapshot("gpt2", first, whole, "main")).toBe(modelFolder("gpt2"));
});

test("a folder of that name goes before an id", async () => {
  await snapshot("org/name", first, whole, "main");
  await mkdir(join(cache, "org/name"), { recursive: true });
  expect(modelFolder("org/name", cache)).toBe(join(cache, "org/name"));
});

test("what has not been fetched says how to", () => {
  expect(() => modelFolder("org/name")).toThrow(/no model folder org\/name.*: inoculate model pull org\/name;/);
  expect(() => modelFolder("org/name@v1")).toThrow(/inoculate model pull org\/name --revision v1/);
  for (const path of ["./org/name", "/org/name", "a/b/c", "..", "org/na--me", "org/name@../x"]) {
    expect(() => modelFolder(`${path}-nowhere`)).toThrow(/there is no model folder (?!.*model pull)/);
  }
});

test("a torn snapshot is not used", async () => {
  await snapshot("org/name", first, { "config.json": "{}", "tokenizer.json": "{}" }, "main");
  expect(() => modelFolder("org/name")).toThrow(/has not been fetched completely .* inoculate model pull org\/name/);
  const index = JSON.stringify({ weight_map: { a: "1.safetensors", b: "2.safetensors" } });
  await snapshot("org/name", first, { "model.safetensors.index.json": index, "1.safetensors": "" });
  expect(() => modelFolder("org/name")).toThrow(/completely/);
  await snapshot("org/name", first, { "2.safetensors": "" });
  expect(modelFolder("org/name")).toMatch(first);
});

test("the cache's place is the ecosystem's", () => {
  expect(hubCacheFolder()).toBe(cache);
  vi.stubEnv("HF_HUB_CACHE", "");
  expect(hubCacheFolder()).toBe(join(homedir(), ".cache/huggingface/hub"));
  vi.stubEnv("XDG_CACHE_HOME", "~/elsewhere");
  expect(hubCacheFolder()).toBe(join(homedir(), "elsewhere/huggingface/hub"));
  vi.stubEnv("HF_HOME", "/home/of/models");
  expect(hubCacheFolder()).toBe(join("/home/of/models", "hub"));
});
