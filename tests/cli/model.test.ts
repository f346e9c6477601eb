import { existsSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { embeddedModel } from "../../src/experiment/study.ts";
import { commit, fixtureFiles, refuse, sha256, startHub } from "../hub/fakeHub.ts";
import { fixtureFolder } from "../model/fixtures.ts";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { modelShapes } from "./modelShapes.ts";
import { mounted } from "./mounted.ts";

/** Runs a verb of `model` with `--json`; standard output must hold its object and nothing else. */
async function run<Verb extends keyof typeof modelShapes>(verb: Verb, ...args: string[]) {
  const { code, stdout, stderr } = await inoculate("model", verb, ...args, "--json");
  expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  return modelShapes[verb].parse(lastJson(stdout)) as ReturnType<(typeof modelShapes)[Verb]["parse"]>;
}

async function refused(args: string[], ...parts: RegExp[]): Promise<string> {
  const { code, stdout, stderr } = await inoculate(...args, "--json");
  for (const part of parts) expect(stderr).toMatch(part);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  return stderr;
}

let cache: string;
beforeEach(async () => {
  cache = await scratchFolder();
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE"]) vi.stubEnv(name, "");
  vi.stubEnv("HF_HOME", cache);
  vi.stubEnv("HF_HUB_CACHE", join(cache, "models"));
  onTestFinished(() => void vi.unstubAllEnvs());
});

test.each(["pull", "info", "merge", "export"])("model %s --help gives an example and --json", async (verb) => {
  const { code, stdout } = await inoculate("model", verb, "--help");
  expect(code).toBe(0);
  expect(stdout).toContain(`$ inoculate model ${verb}`);
  expect(stdout).toContain("--json");
});

describe("pull", () => {
  test("a fetched model goes by its id everywhere", async () => {
    const hub = await startHub(fixtureFiles("qwen3"));
    vi.stubEnv("HF_ENDPOINT", hub.url);
    await refused(["model", "info", "org/name"], /inoculate model pull org\/name/);
    const pulled = await run("pull", "org/name");
    expect(pulled.folder).toBe(join(cache, "models/models--org--name/snapshots", commit));
    expect((await run("info", "org/name")).folder).toBe(pulled.folder);
    const args = ["the word", "--max-new-tokens", "4"];
    const [byId, byFolder] = await Promise.all(
      ["org/name", fixtureFolder("qwen3")].map(async (model) => {
        const { code, stdout } = await inoculate("sample", ...args, "--model", model, "--json");
        expect(code).toBe(0);
        return (lastJson(stdout) as { replies: unknown[] }).replies;
      }),
    );
    expect(byId).toEqual(byFolder);
    expect((await run("pull", "org/name", "--revision", commit)).fetchedBytes).toBe(0);
  });

  test("in words: size and folder on standard output, progress on standard error", async () => {
    vi.stubEnv("HF_ENDPOINT", (await startHub(fixtureFiles("smollm2"))).url);
    const { code, stdout, stderr } = await inoculate("model", "pull", "org/name");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^org\/name at 0123456789ab: 1\d\.\d kB, 1\d\.\d kB fetched\n.*snapshots/);
    expect(stderr).toMatch(/model\.safetensors: 100% of 8\.1 kB/);
  });

  test("a refusal is the user's mistake, and the token is in nothing that is written", async () => {
    const hub = await startHub(fixtureFiles("smollm2"));
    hub.answer = (_, response) => refuse(response, 403, "GatedRepo", "hf_mytoken has no access");
    vi.stubEnv("HF_ENDPOINT", hub.url);
    const said = await refused(["model", "pull", "org/name", "--token", "hf_mytoken"], /gated.*accept its terms/);
    expect(said).not.toContain("hf_mytoken");
    await refused(["model", "pull", "a/b/c"], /ORGANIZATION\/NAME/);
  });

  test("Ctrl-C ends with 130 and keeps what came", async () => {
    const hub = await startHub(fixtureFiles("smollm2"));
    hub.send = (response, content) => {
      response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 3000));
      const partial = join(cache, "models/models--org--name/blobs", `${sha256(content)}.incomplete`);
      const waiting = setInterval(() => {
        if (!existsSync(partial) || statSync(partial).size < 3000) return;
        clearInterval(waiting);
        process.emit("SIGINT");
      }, 5);
      return true;
    };
    vi.stubEnv("HF_ENDPOINT", hub.url);
    const { code, stdout, stderr } = await inoculate("model", "pull", "org/name", "--json");
    expect({ code, stdout }).toEqual({ code: 130, stdout: "" });
    expect(stderr).toMatch(/Run the same command to continue/);
    delete hub.send;
    await run("pull", "org/name");
    expect(hub.large().at(-1)?.headers.range).toBe("bytes=3000-");
  });
});

test("a disk that fills up while files come is named, and what came stays", async ({ skip }) => {
  const files = fixtureFiles("smollm2");
  const name = "tokenizer.json";
  files.set(name, Buffer.concat([files.get(name) as Buffer, Buffer.alloc(600_000, " ")]));
  vi.stubEnv("HF_ENDPOINT", (await startHub(files)).url);
  vi.stubEnv("HF_HUB_CACHE", await mounted("size=256k", skip));
  await refused(
    ["model", "pull", "org/name"],
    /cannot write .*incomplete: the disk is full; free some space and repeat/,
  );
});

test("info: the embedded model is the default", async () => {
  expect(await run("info")).toEqual({ ...(await run("info", embeddedModel())), seconds: expect.any(Number) });
  expect((await run("info", "--hash")).hash).toMatch(/^[0-9a-f]{64}$/);
  const { stdout } = await inoculate("model", "info");
  expect(stdout).toMatch(/architecture +LlamaForCausalLM\n/);
});

test("merge and export", async () => {
  const [merged, exported] = [join(await scratchFolder(), "merged"), join(await scratchFolder(), "exported")];
  const parts = [fixtureFolder("llama-gqa-untied"), fixtureFolder("adapter-gqa")] as const;
  const { modules, dtypes } = await run("merge", ...parts, "--out", merged, "--dtype", "bfloat16");
  expect({ modules: modules > 0, dtypes: Object.keys(dtypes) }).toEqual({ modules: true, dtypes: ["BF16"] });
  const { files } = await run("export", parts[0], "--adapter", parts[1], "--onnx", "--out", exported);
  for (const file of files) expect(existsSync(join(exported, file))).toBe(true);
  const onnx = (at: string): Promise<Buffer> => readFile(join(at, "onnx/model.onnx"));
  const bare = join(await scratchFolder(), "bare");
  await run("export", parts[0], "--onnx", "--out", bare);
  expect((await onnx(bare)).equals(await onnx(exported))).toBe(false);

  await refused(["model", "merge", ...parts, "--out", merged], /is not empty.*--force/);
  await refused(["model", "export", parts[0], "--onnx", "--out", exported], /is not empty.*--force/);
  await refused(["model", "export", parts[0], "--out", exported], /--onnx/);
  await refused(["model", "merge", parts[0], "nowhere/adapter", "--out", "x"], /nowhere\/adapter/);
  await refused(["model", "merge", ...parts, "--out", "x", "--dtype", "int8"], /float32, float16, bfloat16/);
  await run("export", parts[0], "--onnx", "--out", exported, "--force");
  expect((await onnx(bare)).equals(await onnx(exported))).toBe(true);
});
