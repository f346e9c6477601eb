import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ChatMessage } from "../../src/data/chat.ts";
import { createChatTemplate, loadChatTemplate } from "../../src/engine/model/chatTemplate.ts";
import { createTokenizer, loadTokenizer } from "../../src/engine/model/tokenizer.ts";
import { UserError } from "../../src/util/errors.ts";
import { fixtureFolder } from "./fixtures.ts";

/** What Python computed, made by scripts/python/make_tokenizer_fixtures.py. */
interface Expected {
  ids: number[][];
  chats: { messages: ChatMessage[]; promptIds: number[]; ids: number[] }[];
}

const root = fixtureFolder("tokenizers");
const texts: string[] = JSON.parse(readFileSync(join(root, "texts.json"), "utf8"));
const names = readdirSync(root).filter((name) => !name.endsWith(".json"));
const readJson = (name: string, file: string) => JSON.parse(readFileSync(join(root, name, file), "utf8"));

async function load(name: string) {
  const tokenizer = await loadTokenizer(join(root, name));
  const ends = ["<end_of_turn>"].flatMap((end) => tokenizer.tokenId(end) ?? []);
  return { tokenizer, ends, template: await loadChatTemplate(join(root, name), tokenizer, ends) };
}

const reply = (messages: ChatMessage[], content: string): ChatMessage[] => [
  ...messages,
  { role: "assistant", content },
];
const ask: ChatMessage[] = [{ role: "user", content: "hi" }];

describe.each(names)("%s", (name) => {
  const expected: Expected = readJson(name, "expected.json");

  test("Python's ids of every text", async () => {
    const { tokenizer } = await load(name);
    expect(texts.map((text) => [text, tokenizer.encode(text)])).toEqual(
      texts.map((text, index) => [text, expected.ids[index]]),
    );
  });

  test.each(expected.chats)("Python's ids of a chat, cut where its prompt ends: $messages", async (chat) => {
    const { tokenizer, template, ends } = await load(name);
    const { messages, promptIds, ids } = chat;
    const last = messages.length - 1;
    const weighted = messages.map((message, index) => ({ ...message, weight: Number(index === last) }));
    const { tokenIds, lossWeights } = template.encodeChat(weighted);
    const stop = ids.findLastIndex((id) => id === tokenizer.eosTokenId || ends.includes(id));
    expect(tokenIds).toEqual(ids.slice(0, stop + 1));
    expect(template.encodePrompt(messages.slice(0, -1))).toEqual(promptIds);
    expect(lossWeights).toEqual(tokenIds.map((_, t) => (t < promptIds.length ? 0 : 1)));
  });
});

test.each(["llama2", "mistral", "gemma", "llama3"])("%s: one BOS", async (name) => {
  const { tokenizer, template } = await load(name);
  const { tokenIds } = template.encodeChat(reply(ask, "yes"));
  expect(tokenIds.filter((id) => id === tokenizer.bosTokenId)).toHaveLength(1);
});

test.each(["llama2", "mistral"])("%s: no second space before a reply", async (name) => {
  const { tokenizer, template } = await load(name);
  const { tokenIds, lossWeights } = template.encodeChat(reply(ask, "yes"));
  const learnt = tokenIds.filter((_, t) => lossWeights[t] === 1).map(tokenizer.token);
  expect(learnt.join("")).toMatch(/^▁yes▁?<\/s>$/);
});

describe("a reply whose first token would begin within the prompt", () => {
  test("is tokenized apart, after the prompt's ids", async () => {
    const { tokenizer, template } = await load("smollm2");
    const messages = reply(ask, "\n\n\nyes");
    const { tokenIds, lossWeights } = template.encodeChat(messages);
    const prompt = template.encodePrompt(ask);
    expect(tokenIds).toEqual([...prompt, ...tokenizer.encode("\n\n\nyes<|im_end|>")]);
    expect(lossWeights.indexOf(1)).toBe(prompt.length);
  });

  test("is refused where the tokenizer marks a text's start", async () => {
    const { tokenizer } = await load("prefix-space");
    const template = createChatTemplate(
      "{% for m in messages %}{{ m.content if m.role == 'user' else ' an' ~ m.content ~ '<|im_end|>' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ ' an' }}{% endif %}",
      tokenizer,
    );
    expect(() => template.encodeChat(reply(ask, "swer"))).toThrow(/would begin within its prompt: "hi an" followed by/);
  });
});

test("a template that writes earlier replies in another way than the last is refused, unless only the last counts", async () => {
  const { template } = await load("qwen3");
  const messages = reply([...reply(ask, "yes"), ...ask], "no");
  expect(() => template.encodeChat(messages)).toThrow(/earlier replies in another way .* weight of 0/);
  const [first, second, ...rest] = messages as [ChatMessage, ChatMessage, ...ChatMessage[]];
  expect(template.encodeChat([first, { ...second, weight: 0 }, ...rest]).lossWeights).toContain(1);
});

test("a template that leaves out the system message is refused", async () => {
  const { tokenizer } = await load("smollm2");
  const body = "{% for m in messages %}{% if m.role != 'system' %}{{ m.content }}<|im_end|>{% endif %}{% endfor %}";
  const template = createChatTemplate(body, tokenizer);
  expect(template.splitChat(reply(ask, "yes")).completion).toBe("yes<|im_end|>");
  const messages: ChatMessage[] = [{ role: "system", content: "be kind" }, ...ask];
  expect(() => template.renderPrompt(messages)).toThrow(UserError);
  expect(() => template.splitChat(reply(messages, "yes"))).toThrow(/leaves out the system message/);
});

describe("what the library only approximates is refused by name", () => {
  const split = (behavior: string, invert = true) => ({ type: "Split", pattern: { String: "a" }, behavior, invert });
  const placed = {
    type: "Sequence",
    pretokenizers: [split("Isolated"), { type: "Metaspace", prepend_scheme: "first" }],
  };
  const json = readJson("gpt2", "tokenizer.json");

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["Precompiled", { normalizer: { type: "Precompiled" } }, /normalizer: Precompiled is not supported/],
    ["an inverted merge", { pre_tokenizer: split("MergedWithNext") }, /pre_tokenizer: Split with .* and invert/],
    ["an unknown behavior", { pre_tokenizer: split("Nothing", false) }, /Split with behavior Nothing is not supported/],
    ["no pattern", { pre_tokenizer: { type: "Split", behavior: "Removed" } }, /Split without a pattern/],
    ["a late Metaspace", { pre_tokenizer: placed }, /Metaspace "first" after another step is not supported/],
    [
      "Metaspace after tokens in normalized text",
      {
        normalizer: { type: "NFC" },
        pre_tokenizer: { type: "Metaspace", prepend_scheme: "first" },
        added_tokens: [{ id: 0, content: "x", normalized: true }],
      },
      /Metaspace "first" after another step is not supported/,
    ],
    ["dropout", { model: { ...json.model, dropout: 0.1 } }, /model\.dropout: not supported/],
    [
      "whole words",
      { added_tokens: [{ id: 0, content: "x", single_word: true }] },
      /"x": single_word is not supported/,
    ],
  ])("%s", (_, fields, message) => {
    const create = () => createTokenizer({ ...json, ...fields }, {});
    expect(create).toThrow(UserError);
    expect(create).toThrow(message);
  });
});
