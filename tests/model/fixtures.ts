import { readFileSync } from "node:fs";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ChatMessage } from "../../src/data/chat.ts";

/** What Python computed for a fixture folder, made by scripts/python/make_model_fixtures.py and make_family_fixtures.py. */
export interface Expected {
  tokens: number[][];
  /** [chats, tokens, vocabulary] */
  logits: number[][][];
  texts: { text: string; ids: number[]; decoded: string }[];
  chats: { messages: ChatMessage[]; prompt: string; whole: string }[];
}

export const modelFolders = [
  "llama-mha-tied",
  "llama-gqa-untied",
  "qwen2-gqa-untied",
  "llama3-scaled",
  "smollm2",
  "mistral",
  "qwen2-sliding",
  "qwen3",
  "gemma",
  "gemma2",
  "gemma3",
];

export const fixtureFolder = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export const expectedOf = (name: string): Expected =>
  JSON.parse(readFileSync(join(fixtureFolder(name), "expected.json"), "utf8"));

export const scratchFolder = (): Promise<string> => mkdtemp(join(tmpdir(), "inoculate-model-"));

/** A copy of a fixture folder that a test may damage. */
export async function copyOf(name: string): Promise<string> {
  const folder = join(await scratchFolder(), name);
  await cp(fixtureFolder(name), folder, { recursive: true });
  return folder;
}

/** Changes fields of a JSON file; `undefined` removes one. */
export async function editJson(path: string, fields: Record<string, unknown>): Promise<void> {
  const json = JSON.parse(await readFile(path, "utf8"));
  await writeFile(path, JSON.stringify({ ...json, ...fields }));
}
