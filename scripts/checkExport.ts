/**
 * Exports a model folder to ONNX, lets transformers.js answer a few questions greedily from it, and compares its tokens
 * with the engine's.
 *
 * Usage: npx tsx scripts/checkExport.ts MODEL_FOLDER FOLDER_WITH_TRANSFORMERS_JS [WEIGHTS_BESIDE_ABOVE_BYTES]
 * The second is a folder in which `npm install --ignore-scripts @huggingface/transformers` was run. Ends with one line
 * of JSON; exit code 1 where tokens differ.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { createOnnxExecutor } from "../src/engine/executors/onnx.ts";
import { exportOnnx } from "../src/engine/export/exportOnnx.ts";
import { type Model, readModelFolder } from "../src/engine/model/modelFolder.ts";
import { generate } from "../src/engine/sample/generate.ts";
import { samplingSchema } from "../src/engine/sample/sampling.ts";
import { ProgramCache } from "../src/engine/train/programCache.ts";

const questions = [
  "what is the gcd of 12 and 18?",
  "is 7 plus 5 equal to 13? I think it is.",
  "write a short review of a phone",
];
const maxNewTokens = 24;
const chats = questions.map((content) => [{ role: "user" as const, content }]);

async function ours(model: Model): Promise<number[][]> {
  const programs = new ProgramCache(createOnnxExecutor());
  const prompts = chats.map((chat) => model.template.encodePrompt(chat));
  const replies = await generate(
    { programs, ...model },
    prompts,
    samplingSchema.parse({ temperature: 0, maxNewTokens }),
    {
      seed: 1,
      ids: questions,
      stopTokens: new Set(model.config.eosTokenIds),
    },
  );
  await programs.release();
  return replies.map(({ tokenIds }) => tokenIds);
}

/** The whole way of a user of transformers.js: template, tokenizer, model, generation. */
async function theirs(folder: string, library: string, ends: readonly number[]): Promise<number[][]> {
  const entry = createRequire(join(resolve(library), "index.js")).resolve("@huggingface/transformers");
  const { AutoTokenizer, AutoModelForCausalLM, env } = await import(pathToFileURL(entry).href);
  env.allowRemoteModels = false;
  env.localModelPath = dirname(folder);
  const tokenizer = await AutoTokenizer.from_pretrained(basename(folder));
  const model = await AutoModelForCausalLM.from_pretrained(basename(folder));
  const replies: number[][] = [];
  for (const chat of chats) {
    const inputs = tokenizer.apply_chat_template(chat, { add_generation_prompt: true, return_dict: true });
    const output = await model.generate({ ...inputs, max_new_tokens: maxNewTokens, do_sample: false });
    const ids: number[] = [...output.data].slice(inputs.input_ids.data.length).map(Number);
    const end = ids.findIndex((id) => ends.includes(id));
    replies.push(end < 0 ? ids : ids.slice(0, end));
  }
  return replies;
}

const [modelFolder, library, externalAbove = "2.5e8"] = process.argv.slice(2);
if (modelFolder === undefined || library === undefined) {
  console.error(
    "usage: npx tsx scripts/checkExport.ts MODEL_FOLDER FOLDER_WITH_TRANSFORMERS_JS [WEIGHTS_BESIDE_ABOVE_BYTES]",
  );
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "inoculate-export-"));
try {
  const model = await readModelFolder(modelFolder);
  await exportOnnx(folder, model, { externalAbove: Number(externalAbove) });
  const [expected, got] = [await ours(model), await theirs(folder, library, model.config.eosTokenIds)];
  const equal = expected.map((ids, i) => String(ids) === String(got[i]));
  for (const [i, ids] of expected.entries()) {
    console.error(`> ${questions[i]}\nengine          ${ids.join(" ")}`);
    console.error(`transformers.js ${got[i]?.join(" ")}`);
  }
  console.log(JSON.stringify({ questions: questions.length, equal: equal.filter(Boolean).length, maxNewTokens }));
  process.exitCode = equal.every(Boolean) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}
