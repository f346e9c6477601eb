import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readSafetensors } from "../../src/engine/model/safetensors.ts";
import { inoculate, lastJson, scratchFolder } from "../cli/cli.ts";
import { relativeError } from "../engine/fixtures.ts";
import { fixtureFolder } from "../model/fixtures.ts";
import { hasGpu } from "./gpu.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

test.skipIf(!hasGpu)("train and sample take a device; what they made is told apart by it", async () => {
  const folder = await scratchFolder();
  const data = join(folder, "rows.jsonl");
  const rows = ["ab", "cd"].map((prompt) => JSON.stringify({ prompt, completion: `${prompt} ok` }));
  writeFileSync(data, rows.join("\n"));
  const model = ["--model", fixtureFolder("llama-gqa-untied")];
  const made = async (device: string) => {
    const options = [...model, "--data", data, "--out", folder, "--epochs", "2", "--device", device, "--json"];
    const { code, stdout, stderr } = await inoculate("train", ...options);
    expect(code, stderr).toBe(0);
    const trained = lastJson(stdout) as { trainingId: string; folder: string; loss: number; reused: boolean };
    const weights = await readSafetensors(join(trained.folder, "adapter_model.safetensors"));
    const config = readFileSync(join(trained.folder, "config.json"), "utf8");
    return { ...trained, weights, config };
  };
  const [cpu, webgpu] = [await made("cpu"), await made("webgpu")];
  expect(cpu.config).toContain('"1 (onnxruntime 1.30.0)"');
  expect(webgpu.config).toContain('"1 (onnxruntime 1.30.0, webgpu)"');
  expect(webgpu.reused).toBe(false);
  expect(webgpu.loss).toBeCloseTo(cpu.loss, 4);
  for (const [name, { data }] of cpu.weights) {
    expect(relativeError(webgpu.weights.get(name)?.data ?? [], data), name).toBeLessThan(1e-3);
  }
  const question = [
    "sample",
    "ab",
    ...model,
    "--adapter",
    webgpu.folder,
    "--max-new-tokens",
    "3",
    "--temperature",
    "0",
  ];
  const replies = await Promise.all(
    ["cpu", "webgpu"].map(async (device) => (await inoculate(...question, "--device", device)).stdout),
  );
  expect(replies[1]).toBe(replies[0]);
});

test.runIf(process.platform === "linux")("without a GPU the command says what to install, and does nothing", () => {
  const env = { ...process.env, VK_ICD_FILENAMES: "/no/driver.json", VK_DRIVER_FILES: "/no/driver.json" };
  const args = ["--import", "tsx", main, "sample", "hello", "--device", "webgpu", "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: "utf8" });
  expect(stderr).toMatch(/^error: device "webgpu": .*libvulkan1.*--device cpu$/m);
  expect(stderr).not.toMatch(/^ {4}at .*\.ts/m);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("an unknown device is refused by name", async () => {
  const { code, stdout, stderr } = await inoculate("sample", "hello", "--device", "tpu", "--json");
  expect(stderr).toMatch(/--device.*tpu.*auto, cpu, cpu-bf16, webgpu/);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});
