import { mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import { type PullOptions, pullModel } from "../../src/hub/pullModel.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { fixtureFolder } from "../model/fixtures.ts";
import { commit, type FakeHub, fixtureFiles, refuse, sendRange, sha256, startHub } from "./fakeHub.ts";

const secret = "hf_secretsecret";
let cache: string;
let hub: FakeHub;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "inoculate-hub-"));
  onTestFinished(() => rm(cache, { recursive: true, force: true }));
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HF_TOKEN_PATH", "HF_HUB_OFFLINE", "HF_HUB_CACHE"])
    vi.stubEnv(name, "");
  vi.stubEnv("HF_HOME", cache);
  onTestFinished(() => void vi.unstubAllEnvs());
  hub = await startHub(fixtureFiles("smollm2"));
});

const repository = (): string => join(cache, "models--org--name");
const pull = (options: PullOptions = {}) =>
  pullModel("org/name", { endpoint: hub.url, cacheFolder: cache, retryDelaysMs: [1, 1, 1], ...options });
const weights = (): Buffer => hub.files.get("model.safetensors") as Buffer;
const contentPath = (): string => join(repository(), "blobs", sha256(weights()));

/** The message of the user's mistake; nothing secret stands in it. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message, stack, cause } = error as UserError;
  expect(`${message}${stack}${(cause as Error | undefined)?.stack}`).not.toContain(secret);
  return message;
}

/** Paths of all files below a folder, links included. */
const tree = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1))
    .sort();

describe("what is fetched", () => {
  test("the ecosystem's layout: contents by checksum, relative links, a ref", async () => {
    for (const name of ["pytorch_model.bin", "model.fp16.safetensors", "README.md", "training_args.bin"])
      hub.files.set(name, Buffer.from("not wanted"));
    const pulled = await pull();
    const names = [...fixtureFiles("smollm2").keys()].sort();
    expect(pulled).toMatchObject({ id: "org/name", revision: "main", commit, notes: [] });
    expect(pulled.folder).toBe(join(repository(), "snapshots", commit));
    expect(pulled.fetchedBytes).toBe(
      [...fixtureFiles("smollm2").values()].reduce((sum, { length }) => sum + length, 0),
    );
    expect(await readFile(join(repository(), "refs/main"), "utf8")).toBe(commit);
    expect(await tree(pulled.folder)).toEqual(names);
    for (const name of names)
      expect(await readlink(join(pulled.folder, name))).toMatch(/^\.\.\/\.\.\/blobs\/[0-9a-f]+$/);
    expect(await readlink(join(pulled.folder, "model.safetensors"))).toBe(`../../blobs/${sha256(weights())}`);
    expect((await readdir(join(repository(), "blobs"))).filter((name) => name.includes("incomplete"))).toEqual([]);
    expect((await readModelFolder(pulled.folder)).weights).toEqual(
      (await readModelFolder(fixtureFolder("smollm2"))).weights,
    );
    expect(hub.seen.some(({ path }) => path.includes("bin") || path.includes("fp16"))).toBe(false);
  });

  test("what is there is not fetched again; a tag gets its own ref, a commit none", async () => {
    await pull();
    hub.seen.length = 0;
    expect(await pull({ revision: "v1" })).toMatchObject({ fetchedBytes: 0, commit });
    expect(await pull({ revision: commit })).toMatchObject({ fetchedBytes: 0, revision: commit });
    expect(hub.seen.every(({ path }) => path.startsWith("/api/"))).toBe(true);
    expect((await readdir(join(repository(), "refs"))).sort()).toEqual(["main", "v1"]);
  });

  test("a content that Python's tools left is used", async () => {
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(contentPath(), weights());
    const { files } = await pull();
    expect(files.find(({ path }) => path === "model.safetensors")?.fetched).toBe(false);
    expect(hub.large()).toEqual([]);
  });

  test("shards by their index", async () => {
    hub.files = fixtureFiles("llama-gqa-untied");
    hub.files.set("model-00003-of-00002.safetensors", Buffer.from("not in the index"));
    const { folder } = await pull();
    const model = await readModelFolder(folder);
    expect(model.weights).toEqual((await readModelFolder(fixtureFolder("llama-gqa-untied"))).weights);
    expect(hub.large()).toHaveLength(2);
  });

  test("progress rises to the whole", async () => {
    const told: number[] = [];
    const { bytes } = await pull({ onProgress: ({ totalBytes }) => told.push(totalBytes) });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(bytes);
  });

  test("a model without a chat template comes with a note", async () => {
    hub.files.delete("chat_template.jinja");
    expect((await pull()).notes.join()).toMatch(/no chat template/);
  });
});

describe("broken connections", () => {
  test("a download that breaks again and again goes on where it was", async () => {
    hub.send = (response, content, from) => {
      sendRange(response, content, from, Math.min(content.length, from + 1000));
      return true;
    };
    const { folder } = await pull();
    expect(await readFile(join(folder, "model.safetensors"))).toEqual(weights());
    const starts = hub.large().map(({ headers }) => Number(/\d+/.exec(headers.range ?? "0")?.[0]));
    expect(starts.length).toBeGreaterThan(5);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(new Set(starts).size).toBe(starts.length);
  });

  test("what a killed process left is continued", async () => {
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(`${contentPath()}.incomplete`, weights().subarray(0, 5000));
    await pull();
    expect(hub.large().map(({ headers }) => headers.range)).toEqual(["bytes=5000-"]);
    expect(await readFile(contentPath())).toEqual(weights());
  });

  test.each([
    ["other bytes", () => Buffer.alloc(5000, 7)],
    ["more bytes than the file has", () => Buffer.alloc(50_000)],
    ["all bytes, some of them wrong", () => Buffer.alloc(weights().length)],
  ])("a beginning with %s is thrown away", async (_, left) => {
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(`${contentPath()}.incomplete`, left());
    await pull();
    expect(await readFile(contentPath())).toEqual(weights());
  });

  test("a server that knows no ranges sends all of it, one that refuses them is asked for all of it", async () => {
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(`${contentPath()}.incomplete`, weights().subarray(0, 5000));
    hub.send = (response, content) => {
      response.writeHead(200).end(content);
      return true;
    };
    await pull();
    expect(await readFile(contentPath())).toEqual(weights());

    await rm(repository(), { recursive: true });
    await mkdir(join(repository(), "blobs"), { recursive: true });
    await writeFile(`${contentPath()}.incomplete`, weights().subarray(0, 5000));
    hub.send = (response, _, from) => from > 0 && refuse(response, 416);
    await pull();
    expect(await readFile(contentPath())).toEqual(weights());
  });

  test("a server that falls silent is left and asked again", async () => {
    hub.send = (response, content, from) => {
      if (from > 0) return false;
      response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 3000));
      return true;
    };
    await pull({ stallMs: 1500 });
    expect(hub.large().map(({ headers }) => headers.range)).toEqual([undefined, "bytes=3000-"]);
  });

  test("servers that are busy are asked again; an address that ran out is asked for anew", async () => {
    const statuses = [503, 429, 403];
    hub.send = (response) => {
      const status = statuses.shift();
      return status !== undefined && refuse(response, status);
    };
    await pull();
    expect(hub.seen.filter(({ server, path }) => server === "hub" && path.includes("safetensors"))).toHaveLength(4);
  });

  test("a server that never recovers ends the pull; the next one continues", async () => {
    hub.send = (response, content, from) => {
      if (from >= 4000) return refuse(response, 503);
      sendRange(response, content, from, 4000);
      return true;
    };
    expect(await refusal(pull())).toMatch(/failed \(503\).*repeat the command/);
    expect((await stat(`${contentPath()}.incomplete`)).size).toBe(4000);
    expect(await tree(join(repository(), "snapshots"))).not.toContain(`${commit}/model.safetensors`);
    delete hub.send;
    hub.seen.length = 0;
    await pull();
    expect(hub.large().map(({ headers }) => headers.range)).toEqual(["bytes=4000-"]);
  });

  test("stopping keeps what came", async () => {
    const controller = new AbortController();
    hub.send = (response, content) => {
      response.writeHead(200, { "content-length": content.length }).write(content.subarray(0, 3000));
      return true;
    };
    const onProgress: PullOptions["onProgress"] = ({ file, bytes }) => {
      if (file === "model.safetensors" && bytes >= 3000) controller.abort();
    };
    await expect(pull({ signal: controller.signal, onProgress })).rejects.toThrow(InterruptedError);
    expect((await stat(`${contentPath()}.incomplete`)).size).toBe(3000);
  });

  test("nobody answers", async () => {
    const message = await refusal(pull({ endpoint: "http://127.0.0.1:9", token: secret }));
    expect(message).toMatch(/cannot reach http:\/\/127\.0\.0\.1:9.*HF_ENDPOINT.*folder that holds the model/);
    expect(await readdir(cache)).toEqual([]);
  });
});

describe("checksums", () => {
  test.each(["model.safetensors", "tokenizer.json"])("a wrong %s is fetched once more, then refused", async (name) => {
    const right = hub.files.get(name) as Buffer;
    const wrong = Buffer.from(right);
    wrong[wrong.length - 3] = 33;
    const pointer = { lfs: { oid: sha256(right), size: right.length } };
    hub.listed[name] = name === "tokenizer.json" ? { oid: "1".repeat(40) } : pointer;
    hub.files.set(name, wrong);
    expect(await refusal(pull())).toMatch(new RegExp(`${name}: what .* sent is damaged: expected .* got .*, twice`));
    expect(await tree(repository())).not.toContain(`snapshots/${commit}/${name}`);
    expect((await tree(repository())).filter((path) => path.includes("refs") || path.includes("incomplete"))).toEqual(
      [],
    );
  });

  test("a list without checksums is refused", async () => {
    hub.listed["config.json"] = { oid: undefined };
    expect(await refusal(pull())).toMatch(/config\.json: .* gives no checksum/);
  });
});

describe("what cannot be had", () => {
  test("no such model, with and without a token", async () => {
    expect(await refusal(pullModel("org/other", { endpoint: hub.url, cacheFolder: cache }))).toMatch(
      /no model "org\/other" on .*\(404\).*HF_TOKEN/,
    );
    hub.answer = (_, response) => refuse(response, 401, undefined, "Invalid username or password.");
    expect(await refusal(pull())).toMatch(/no model "org\/name" on .*\(401\): check the spelling.*HF_TOKEN/);
    expect(await refusal(pull({ token: secret }))).toMatch(/refused the token \(401\)/);
    expect(await readdir(cache)).toEqual([]);
  });

  test("no such revision", async () => {
    expect(await refusal(pull({ revision: "v2" }))).toMatch(/org\/name has no revision "v2"/);
  });

  test("a gated model says where to ask for access", async () => {
    hub.answer = ({ url }, response) => url?.includes("/resolve/") === true && refuse(response, 403, "GatedRepo");
    expect(await refusal(pull({ token: secret }))).toMatch(
      new RegExp(`is gated \\(403\\): accept its terms on ${hub.url}/org/name; the token in use has no access`),
    );
    hub.answer = (_, response) => refuse(response, 401, "GatedRepo");
    expect(await refusal(pull())).toMatch(/is gated \(401\).*, then set HF_TOKEN .*\/settings\/tokens/);
  });

  test("a token is not repeated, even if the server does", async () => {
    hub.answer = (_, response) => refuse(response, 403, undefined, `${secret} may not`);
    expect(await refusal(pull({ token: secret }))).toMatch(/may not read org\/name \(403\): \[token\] may not/);
  });

  test.each([
    ["org/name/more", undefined],
    ["../name", undefined],
    ["org/na..me", undefined],
    ["org/name", "../../etc"],
  ])("%s at %s is no model's name", async (name, revision) => {
    expect(await refusal(pullModel(name, { revision, endpoint: hub.url, cacheFolder: cache }))).toMatch(
      /cannot be a model on the Hugging Face hub/,
    );
    expect(hub.seen).toEqual([]);
  });

  test("HF_HUB_OFFLINE asks nobody, and says what is there", async () => {
    const { folder } = await pull();
    vi.stubEnv("HF_HUB_OFFLINE", "1");
    hub.seen.length = 0;
    expect(await refusal(pull())).toContain(`it is in the cache already: ${folder}`);
    expect(hub.seen).toEqual([]);
  });
});

describe("refused before the weights are fetched", () => {
  const edit = (name: string, fields: object): void => {
    const json = JSON.parse(String(hub.files.get(name)));
    hub.files.set(name, Buffer.from(JSON.stringify({ ...json, ...fields })));
  };

  test("an architecture that is not supported", async () => {
    edit("config.json", { architectures: ["MambaForCausalLM"], model_type: "mamba" });
    expect(await refusal(pull())).toMatch(/org\/name: config\.json: architecture MambaForCausalLM is not supported/);
    expect(hub.seen.filter(({ path }) => path.includes("/resolve/"))).toHaveLength(1);
  });

  test("a tokenizer that is not supported", async () => {
    edit("tokenizer.json", { model: { type: "WordLevel", vocab: {} } });
    expect(await refusal(pull())).toMatch(/WordLevel is not supported/);
    expect(hub.large()).toEqual([]);
  });

  test.each([
    ["model.safetensors", "pytorch_model.bin", /no model\.safetensors .*it has pytorch_model\.bin/],
    ["tokenizer.json", "tokenizer.model", /no tokenizer\.json; it has tokenizer\.model/],
    ["config.json", "adapter_config.json", /holds an adapter; fetch its base model/],
  ])("a repository without %s but with %s", async (without, instead, message) => {
    hub.files.delete(without);
    hub.files.set(instead, Buffer.from("x"));
    expect(await refusal(pull())).toMatch(message);
    expect(hub.seen.every(({ path }) => path.startsWith("/api/"))).toBe(true);
  });

  test("a disk without room", async () => {
    hub.listed["model.safetensors"] = { lfs: { oid: sha256(weights()), size: 1e17 } };
    expect(await refusal(pull())).toMatch(/not enough disk space .*expected 100000\.0 TB, .* are free/);
    expect(hub.large()).toEqual([]);
  });

  test("an index that leads out of the folder", async () => {
    hub.files = fixtureFiles("llama-gqa-untied");
    edit("model.safetensors.index.json", { weight_map: { a: "../../outside.safetensors" } });
    expect(await refusal(pull())).toMatch(/"\.\.\/\.\.\/outside\.safetensors" is not a plain file name/);
  });
});

describe("the token", () => {
  test("goes to the hub and to no other server", async () => {
    hub.token = secret;
    await pull({ token: secret });
    expect(hub.seen.filter(({ server }) => server === "hub").every(({ headers }) => headers.authorization)).toBe(true);
    expect(hub.large()).toHaveLength(1);
    for (const { headers } of hub.large()) expect(JSON.stringify(headers)).not.toContain(secret);
    for (const path of await tree(cache)) expect(String(await readFile(join(cache, path)))).not.toContain(secret);
  });

  test("comes from HF_TOKEN, else from the ecosystem's file", async () => {
    hub.token = secret;
    expect(await refusal(pull())).toMatch(/gated/);
    await writeFile(join(cache, "token"), `${secret}\n`);
    await pull();
    vi.stubEnv("HF_TOKEN", "hf_another");
    expect(await refusal(pull())).toMatch(/refused the token/);
    vi.stubEnv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1");
    expect(await refusal(pull())).toMatch(/gated/);
  });

  test("that is none, or an address with a password, is not repeated", async () => {
    expect(await refusal(pull({ token: `${secret}\nX: y` }))).toMatch(/expected an access token/);
    expect(await refusal(pull({ endpoint: `https://user:${secret}@host` }))).toMatch(/HF_ENDPOINT: expected/);
  });
});

describe("two processes", () => {
  const lock = (): string => join(cache, ".locks/models--org--name/inoculate.lock");
  const heldBy = async (owner: object): Promise<void> => {
    await mkdir(join(lock(), ".."), { recursive: true });
    await writeFile(lock(), JSON.stringify(owner));
  };

  test("one at a time", async () => {
    await heldBy({ pid: process.pid, host: hostname() });
    expect(await refusal(pull())).toContain(`(${process.pid} on ${hostname()})`);
    await heldBy({ pid: 1, host: "another-machine" });
    expect(await refusal(pull())).toContain(lock());
  });

  test("the lock of one that is gone is taken over, and given back", async () => {
    await heldBy({ pid: 2 ** 30, host: hostname() });
    await pull();
    await expect(stat(lock())).rejects.toThrow(/ENOENT/);
  });
});
