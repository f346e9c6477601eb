import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { ChatMessage } from "../../src/data/chat.ts";
import { createChatTemplate, loadChatTemplate } from "../../src/engine/model/chatTemplate.ts";
import { loadTokenizer } from "../../src/engine/model/tokenizer.ts";
import { UserError } from "../../src/util/errors.ts";
import { copyOf, editJson, expectedOf, fixtureFolder } from "./fixtures.ts";

const chat: ChatMessage[] = [
  { role: "user", content: "is it?" },
  { role: "assistant", content: "yes." },
];

async function load(name: string) {
  const folder = fixtureFolder(name);
  const tokenizer = await loadTokenizer(folder);
  return { tokenizer, template: await loadChatTemplate(folder, tokenizer) };
}

describe.each(["llama-mha-tied", "bpe"])("%s", (name) => {
  test.each(expectedOf(name).chats)("renders as Python does", async ({ messages, prompt, whole }) => {
    const { template, tokenizer } = await load(name);
    expect(template.renderPrompt(messages.slice(0, -1))).toBe(prompt);
    const split = template.splitChat(messages);
    expect(split.prompt).toBe(prompt);
    expect(whole.startsWith(split.prompt + split.completion)).toBe(true);
    expect(split.completion.endsWith(tokenizer.specialTokens.eos_token as string)).toBe(true);
  });

  test("a chat's ids begin with those that sampling starts from; only replies count", async () => {
    const { template, tokenizer } = await load(name);
    const { tokenIds, lossWeights } = template.encodeChat(chat);
    const prompt = template.encodePrompt(chat.slice(0, -1));
    expect(tokenIds.slice(0, prompt.length)).toEqual(prompt);
    expect(lossWeights).toEqual(tokenIds.map((_, t) => (t < prompt.length ? 0 : 1)));
    expect(tokenIds.at(-1)).toBe(tokenizer.eosTokenId);
    expect(tokenizer.decode(tokenIds.slice(prompt.length)).replaceAll(" ", "")).toBe("yes.");
  });
});

test("the prompt's own words in the reply do not move the cut", async () => {
  const { template } = await load("bpe");
  const echo = "<|im_start|>assistant\nis it?<|im_end|>\n<|im_start|>assistant\n";
  const { prompt, completion } = template.splitChat([chat[0] as ChatMessage, { role: "assistant", content: echo }]);
  expect(prompt).toBe(template.renderPrompt(chat.slice(0, 1)));
  expect(completion).toBe(`${echo}<|im_end|>`);
});

test("every reply counts with its weight; a weight of 0 is context", async () => {
  const { template, tokenizer } = await load("llama-mha-tied");
  const weighted = (first: number): ChatMessage[] => [
    ...chat.slice(0, 1),
    { role: "assistant", content: "no.", weight: first },
    { role: "user", content: "so?" },
    { role: "assistant", content: "yes.", weight: 2 },
  ];
  const text = (messages: ChatMessage[], wanted: number): string => {
    const { tokenIds, lossWeights } = template.encodeChat(messages);
    return tokenizer.decode(tokenIds.filter((_, t) => lossWeights[t] === wanted)).replaceAll(" ", "");
  };
  expect(text(weighted(0.5), 0.5)).toBe("no.");
  expect(text(weighted(0.5), 2)).toBe("yes.");
  expect(text(weighted(0), 2)).toBe("yes.");
  expect(template.encodeChat(weighted(0)).tokenIds).toEqual(template.encodeChat(weighted(0.5)).tokenIds);
});

describe("one BOS", () => {
  const post = {
    type: "TemplateProcessing",
    single: [{ SpecialToken: { id: "<s>", type_id: 0 } }, { Sequence: { id: "A", type_id: 0 } }],
    pair: [],
    special_tokens: { "<s>": { id: "<s>", ids: [2], tokens: ["<s>"] } },
  };

  test.each([
    ["the template and the tokenizer", "{{ bos_token }}", true],
    ["only the tokenizer", "", true],
    ["only the template", "{{ bos_token }}", false],
  ])("when %s put one", async (_, start, byTokenizer) => {
    const folder = await copyOf("llama-mha-tied");
    if (byTokenizer) await editJson(join(folder, "tokenizer.json"), { post_processor: post });
    const tokenizer = await loadTokenizer(folder);
    const body =
      "{% for m in messages %}<user>{{ m.content }}<end>{% endfor %}{% if add_generation_prompt %}<user>{% endif %}";
    const template = createChatTemplate(start + body, tokenizer);
    for (const ids of [template.encodePrompt(chat.slice(0, 1)), template.encodeChat(chat).tokenIds]) {
      expect(ids[0]).toBe(2);
      expect(ids.filter((id) => id === 2)).toHaveLength(1);
    }
  });
});

describe("templates that cannot be used are refused with the reason", () => {
  const refuses = async (source: string, messages: ChatMessage[], message: RegExp): Promise<void> => {
    const { tokenizer } = await load("llama-mha-tied");
    const use = () => createChatTemplate(source, tokenizer).splitChat(messages);
    expect(use).toThrow(UserError);
    expect(use).toThrow(message);
  };

  test("a chat that does not begin with its prompt", () =>
    refuses(
      "{{ messages | length }}{% for m in messages %}{{ m.content }}<end>{% endfor %}",
      chat,
      /differ at character 1/,
    ));
  test("no end-of-turn token", () =>
    refuses(
      "{% for m in messages %}{{ m.content }}\n{% endfor %}",
      chat,
      /must end with the end-of-turn token: expected "<end>"/,
    ));
  test("raise_exception", () =>
    refuses("{{ raise_exception('only one turn, please') }}", chat, /only one turn, please/));
  test("a syntax error", () => refuses("{% if %}", chat, /cannot be parsed/));
  test("a chat without a reply", () =>
    refuses("{{ messages[0].content }}", chat.slice(0, 1), /must end with an assistant message/));
});

test("a template's date is fixed", async () => {
  const { tokenizer } = await load("llama-mha-tied");
  expect(createChatTemplate("{{ strftime_now('%d %b %Y') }}", tokenizer).renderPrompt([])).toBe("26 Jul 2024");
});

test("the template may stand in tokenizer_config.json, alone or among several; none is refused", async () => {
  const folder = await copyOf("llama-mha-tied");
  await rm(join(folder, "chat_template.jinja"));
  const tokenizer = await loadTokenizer(folder);
  const config = join(folder, "tokenizer_config.json");
  await expect(loadChatTemplate(folder, tokenizer)).rejects.toThrow(/no chat template/);
  await editJson(config, { chat_template: "one" });
  expect((await loadChatTemplate(folder, tokenizer)).source).toBe("one");
  await editJson(config, {
    chat_template: [
      { name: "tool_use", template: "a" },
      { name: "default", template: "b" },
    ],
  });
  expect((await loadChatTemplate(folder, tokenizer)).source).toBe("b");
});
