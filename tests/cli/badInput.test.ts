import { cp, readdir, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { embeddedModel } from "../../src/experiment/study.ts";
import { inoculate, scratchFolder } from "./cli.ts";
import { mounted } from "./mounted.ts";

/** One message that says what to do, exit code 2, nothing on standard output. */
async function expectRefusal(args: string[], ...parts: (string | RegExp)[]): Promise<void> {
  const { code, stdout, stderr } = await inoculate(...args, "--json");
  for (const part of parts) expect(stderr).toMatch(part);
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
}

/** The embedded model, with something done to it. */
async function brokenModel(harm: (weights: string, folder: string) => Promise<void>): Promise<string> {
  const folder = join(await scratchFolder(), "model");
  await cp(embeddedModel(), folder, { recursive: true });
  await harm(join(folder, "model.safetensors"), folder);
  return folder;
}

test.each([
  [["reproduce", "sycofancy"], /sycofancy/, /sycophancy/],
  [["reproduce", "sycophancy", "nonsense"], /nonsense/, /sycophancy/],
  [["screen", "sycofancy"], /sycofancy/, /sycophancy/],
  [["evaluate", "sycofancy"], /sycofancy/, /sycophancy/],
  [["try", "Be kind.", "--setting", "sycofancy"], /sycofancy/, /sycophancy/],
])("%j: an unknown setting comes with the known ones", async (args, ...parts) => {
  await expectRefusal([...args, "--out", await scratchFolder()], ...parts);
});

test("numbers out of range are refused by the option's name", async () => {
  const out = ["--out", await scratchFolder()];
  await expectRefusal(["reproduce", "--seeds", "0", ...out], /--seeds/, /at least 1/);
  await expectRefusal(["reproduce", "--learning-rate", "-1", ...out], /--learning-rate/);
  await expectRefusal(["sample", "a", "--temperature", "-1"], /--temperature/);
  await expectRefusal(["try", " ", ...out], /wording/);
});

const withModel: [string, string[]][] = [
  ["reproduce", ["reproduce", "sycophancy"]],
  ["sample", ["sample", "hello"]],
  ["evaluate", ["evaluate", "sycophancy"]],
];

test.each(withModel)("%s: a missing model folder is named", async (_, args) => {
  const folder = await scratchFolder();
  const out = args[0] === "sample" ? [] : ["--out", folder];
  await expectRefusal([...args, ...out, "--model", join(folder, "nowhere")], join(folder, "nowhere"));
});

test.each(withModel)("%s: a corrupt model is named before any work", async (_, args) => {
  const out = args[0] === "sample" ? [] : ["--out", await scratchFolder()];
  const garbage = await brokenModel((weights) => writeFile(weights, "this is no safetensors file at all"));
  await expectRefusal([...args, ...out, "--model", garbage], /model\.safetensors/);
  const short = await brokenModel((weights) => truncate(weights, 5000));
  await expectRefusal([...args, ...out, "--model", short], /model\.safetensors/);
  const header = Buffer.concat([Buffer.from([20, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{"a": {"dtype": "F32"')]);
  const cut = await brokenModel((weights) => writeFile(weights, header));
  await expectRefusal([...args, ...out, "--model", cut], /model\.safetensors/);
  const config = await brokenModel((_weights, folder) => writeFile(join(folder, "config.json"), '{"model_type": 7}'));
  await expectRefusal([...args, ...out, "--model", config], /config\.json/);
});

test("rows that are too long for the model, or empty files, stop training before it starts", async () => {
  const folder = await scratchFolder();
  const file = join(folder, "rows.jsonl");
  await writeFile(file, "");
  await expectRefusal(["train", "--data", file, "--out", folder], /rows\.jsonl/, /no line/);
  await writeFile(file, JSON.stringify({ prompt: "word ".repeat(3000), completion: "ok" }));
  await expectRefusal(["train", "--data", file, "--out", folder], /row-0/, /tokens/);
  await writeFile(file, JSON.stringify({ messages: [{ role: "user", content: "hello" }] }));
  await expectRefusal(["train", "--data", file, "--out", folder], /rows\.jsonl:1/, /assistant/);
});

const writing: [string, string[]][] = [
  ["reproduce", ["reproduce", "sycophancy"]],
  ["try", ["try", "Be kind."]],
  ["evaluate", ["evaluate", "sycophancy"]],
  ["pretrain", ["pretrain"]],
];

test.each(writing)("%s: an output folder that cannot be is named before any work", async (_, args) => {
  const file = join(await scratchFolder(), "file");
  await writeFile(file, "");
  await expectRefusal([...args, "--out", join(file, "runs")], file);
});

test.for(writing)("%s: a read-only output folder is named before any work", async ([, args], { skip }) => {
  const folder = await mounted("ro,size=1m", skip);
  await expectRefusal([...args, "--out", join(folder, "runs")], folder);
});

test.for(writing)("%s: a full disk shows before any work", async ([, args], { skip }) => {
  const folder = await mounted("size=256k", skip);
  await expectRefusal([...args, "--out", join(folder, "runs")], folder, /full/);
  expect((await readdir(folder, { recursive: true })).filter((name) => name.includes("models"))).toEqual([]);
});
