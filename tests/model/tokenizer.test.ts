import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { createTokenizer, loadTokenizer } from "../../src/engine/model/tokenizer.ts";
import { UserError } from "../../src/util/errors.ts";
import { random } from "../../src/util/random.ts";
import { copyOf, editJson, expectedOf, fixtureFolder } from "./fixtures.ts";

describe.each(["llama-mha-tied", "bpe"])("%s", (name) => {
  test.each(expectedOf(name).texts)("$text: Python's ids and decoded text", async ({ text, ids, decoded }) => {
    const tokenizer = await loadTokenizer(fixtureFolder(name));
    expect(tokenizer.encode(text)).toEqual(ids);
    expect(tokenizer.decode(ids)).toBe(decoded);
    expect(tokenizer.decode(Int32Array.from(ids))).toBe(decoded);
  });
});

test("byte-level BPE gives back any text", async () => {
  const tokenizer = await loadTokenizer(fixtureFolder("bpe"));
  const stream = random("texts");
  const ranges: [number, number][] = [
    [32, 126],
    [0xa0, 0x17f],
    [0x300, 0x36f],
    [0x4e00, 0x4eff],
    [0x1f600, 0x1f64f],
    [9, 13],
  ];
  for (let i = 0; i < 200; i++) {
    const characters = Array.from({ length: stream.integer(1, 30) }, () =>
      String.fromCodePoint(stream.integer(...stream.pick(ranges))),
    );
    const text = characters.join("");
    const ids = tokenizer.encode(text);
    expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id < tokenizer.size)).toBe(true);
    expect(tokenizer.decode(ids)).toBe(text);
  }
});

test("special tokens have ids, are encoded whole and left out of decoded text", async () => {
  const tokenizer = await loadTokenizer(fixtureFolder("llama-mha-tied"));
  expect(tokenizer).toMatchObject({ size: 64, bosTokenId: 2, eosTokenId: 3, addsBos: false });
  expect(tokenizer.specialTokens).toEqual({
    bos_token: "<s>",
    eos_token: "<end>",
    pad_token: "<pad>",
    unk_token: "<unk>",
  });
  expect(tokenizer.encode("<s>yes<end>")).toEqual([2, 7, 3]);
  expect(tokenizer.decode([2, 7, 3])).toBe("yes");
  expect(tokenizer.tokenId("<end>")).toBe(3);
  expect(tokenizer.tokenId("nothing like it")).toBeUndefined();
  expect([tokenizer.token(3), tokenizer.token(64)]).toEqual(["<end>", undefined]);
});

test("special tokens given as objects, and no tokenizer_config.json at all", async () => {
  const folder = await copyOf("llama-mha-tied");
  await editJson(join(folder, "tokenizer_config.json"), { eos_token: { content: "<end>" }, bos_token: null });
  const tokenizer = await loadTokenizer(folder);
  expect(tokenizer.eosTokenId).toBe(3);
  expect(tokenizer.bosTokenId).toBeUndefined();
  const json = JSON.parse(await readFile(join(folder, "tokenizer.json"), "utf8"));
  expect(createTokenizer(json, {}).encode("yes")).toEqual([7]);
});

test("empty text and an id without a token", async () => {
  const tokenizer = await loadTokenizer(fixtureFolder("bpe"));
  expect(tokenizer.encode("")).toEqual([]);
  expect(tokenizer.decode([])).toBe("");
  expect(() => tokenizer.decode([5, 100_000])).toThrow(/100000/);
});

test("text without a token is refused, with the text and the place", async () => {
  const folder = await copyOf("llama-mha-tied");
  const path = join(folder, "tokenizer.json");
  const json = JSON.parse(await readFile(path, "utf8"));
  delete json.model.unk_token;
  await writeFile(path, JSON.stringify(json));
  const tokenizer = await loadTokenizer(folder);
  expect(tokenizer.encode("yes, no")).not.toContain(undefined);
  expect(() => tokenizer.encode("well, yes 😀 no")).toThrow(UserError);
  expect(() => tokenizer.encode("well, yes 😀 no")).toThrow(/at character 11 of "well, yes 😀 no"/);
});

describe("unsupported or malformed tokenizers are refused", () => {
  test("WordLevel by name", async () => {
    const folder = await copyOf("bpe");
    await editJson(join(folder, "tokenizer.json"), { model: { type: "WordLevel", vocab: { a: 0 }, unk_token: "a" } });
    await expect(loadTokenizer(folder)).rejects.toThrow(/model\.type: tokenizer type WordLevel is not supported/);
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    ["no model", { model: undefined }, /tokenizer type none/],
    ["no added tokens", { added_tokens: undefined }, /added_tokens/],
    ["an unknown step", { pre_tokenizer: { type: "Nonsense" } }, /cannot be built: .*Nonsense/],
  ])("%s", async (_, fields, message) => {
    const folder = await copyOf("bpe");
    await editJson(join(folder, "tokenizer.json"), fields);
    await expect(loadTokenizer(folder)).rejects.toThrow(message);
    await expect(loadTokenizer(folder)).rejects.toThrow(UserError);
  });

  test("no JSON", async () => {
    const folder = await copyOf("bpe");
    await writeFile(join(folder, "tokenizer.json"), "{");
    await expect(loadTokenizer(folder)).rejects.toThrow(/tokenizer\.json: expected JSON/);
  });
});
