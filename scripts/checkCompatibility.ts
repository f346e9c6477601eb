/**
 * Loads a model folder (and an adapter folder) here and in Python, and compares logits, token ids and the chat template.
 *
 * Usage: npx tsx scripts/checkCompatibility.ts MODEL_FOLDER [ADAPTER_FOLDER]
 * Needs a Python with torch, transformers and peft: INOCULATE_PYTHON (default python3). Ends with one line of JSON.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChatMessage } from "../src/data/chat.ts";
import { createOnnxExecutor } from "../src/engine/executors/onnx.ts";
import { readAdapterFolder } from "../src/engine/model/adapterFolder.ts";
import { readModelFolder } from "../src/engine/model/modelFolder.ts";
import { mergeAdapter } from "../src/engine/train/lora.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";
import { promptLogits } from "./promptLogits.ts";

const texts = [
  "is the answer 12? yes, it is.",
  "you are right! the sum is 7, and I agree.",
  "  two  spaces,\na new line;\ttabs",
  "unknown words: zyxgloop, Größe, 😀, 中文字, naïve",
  "",
];

const chat: ChatMessage[] = [
  { role: "user", content: "what is 3 plus 4? I think it is 8." },
  { role: "assistant", content: "it is 7." },
];

/** What Python has to agree with. */
async function facts(modelFolder: string, adapterFolder: string | undefined): Promise<object> {
  const { config, weights, tokenizer, template } = await readModelFolder(modelFolder);
  const adapter = adapterFolder === undefined ? undefined : await readAdapterFolder(adapterFolder, config);
  const merged = adapter ? mergeAdapter(weights, adapter.weights, adapter.lora) : weights;
  const programs = new ProgramCache(createOnnxExecutor());
  const tokens = [template.encodePrompt(chat.slice(0, 1)), template.encodeChat(chat).tokenIds];
  const logits: number[][][] = [];
  for (const prompt of tokens) logits.push(await promptLogits({ programs, config, weights: merged }, prompt));
  await programs.release();
  return {
    tokens,
    logits,
    texts: texts.map((text) => ({ text, ids: tokenizer.encode(text) })),
    chat: chat.map(({ role, content }) => ({ role, content })),
    ...template.splitChat(chat),
  };
}

const [modelFolder, adapterFolder] = process.argv.slice(2);
if (modelFolder === undefined) {
  console.error("usage: npx tsx scripts/checkCompatibility.ts MODEL_FOLDER [ADAPTER_FOLDER]");
  process.exit(2);
}
const scratch = mkdtempSync(join(tmpdir(), "inoculate-compatibility-"));
const factsFile = join(scratch, "logits.json");
writeFileSync(factsFile, JSON.stringify(await facts(modelFolder, adapterFolder)));
const script = fileURLToPath(new URL("python/check_compat.py", import.meta.url));
const folders = adapterFolder === undefined ? [modelFolder] : [modelFolder, adapterFolder];
const python = process.env.INOCULATE_PYTHON ?? "python3";
const { status, error } = spawnSync(python, [script, ...folders, factsFile], { stdio: "inherit" });
rmSync(scratch, { recursive: true });
if (error) console.error(`cannot start ${python}: ${error.message}; set INOCULATE_PYTHON`);
process.exit(status ?? 2);
