import type { FormatId } from "../../src/data/convert/formats.ts";
import { RawJson } from "../../src/data/files/rawJson.ts";
import { type Random, random } from "../../src/util/random.ts";

type Row = Record<string, unknown>;

const words = ["sum", "a,b", 'say "x"', "line\nend", "ä", "😀", "\t", "", " ", "null", "0", "{}", "\r\n", "=1+1"];

/** A few rows of a format, of one kind as files are: some are plain, some have what other formats have no place for. */
export function drawnRows(format: FormatId, seed: number): Row[] {
  const draw = random(seed, "rows", format);
  const isPlain = draw.chance(0.5);
  const extras = drawExtras(draw, isPlain);
  return Array.from({ length: draw.integer(1, 4) }, () => {
    const own = rowOf[format](draw, isPlain);
    return draw.chance(0.5) ? { ...extras(), ...own } : { ...own, ...extras() };
  });
}

function text(draw: Random): string {
  return Array.from({ length: draw.integer(0, 3) }, () => draw.pick(words)).join(" ");
}

/** Fields that no layout reads: texts only, or of all kinds, in each row or in some. */
function drawExtras(draw: Random, isPlain: boolean): () => Row {
  const kinds: (() => unknown)[] = [
    () => text(draw),
    () => draw.integer(-5, 5),
    () => new RawJson(`${draw.pick(["", "-"])}900719925474${draw.integer(1000, 9999)}`),
    () => draw.integer(0, 9) / 4,
    () => draw.chance(0.5),
    () => null,
    () => [text(draw), text(draw)],
    () => ({ a: draw.integer(0, 9), ...(draw.chance(0.5) && { b: [{ c: text(draw) }] }) }),
  ];
  const fields = ["id", "note", "meta"].slice(0, draw.integer(0, 3)).map((name) => {
    return { name, value: isPlain ? kinds[0] : draw.pick(kinds), always: isPlain || draw.chance(0.6) };
  });
  return () =>
    Object.fromEntries(
      fields.flatMap(({ name, value, always }) => (always || draw.chance(0.5) ? [[name, value?.()]] : [])),
    );
}

/** A chat: one question and its answer where it is plain. */
function chat(draw: Random, isPlain: boolean): Row[] {
  const turn = (role: string): Row => ({ role, content: text(draw) });
  if (isPlain) return [turn("user"), turn("assistant")];
  const weighted = (): Row => ({ ...turn("assistant"), ...(draw.chance(0.3) && { weight: draw.integer(0, 1) }) });
  const rounds = Array.from({ length: draw.integer(0, 2) }, () => [turn("user"), weighted()]).flat();
  const end = draw.chance(0.8) ? [turn("user"), weighted()] : [turn("user")];
  return [...(draw.chance(0.4) ? [turn("system")] : []), ...rounds, ...end];
}

function turns(draw: Random, isPlain: boolean, names: Readonly<Record<string, string>>): Row[] {
  return chat(draw, isPlain).map(({ role, content, ...rest }) => ({
    from: names[role as string],
    value: content,
    ...rest,
  }));
}

const human = { system: "system", user: "human", assistant: "gpt" };

const rowOf: Readonly<Record<FormatId, (draw: Random, isPlain: boolean) => Row>> = {
  openai: (draw, isPlain) => ({ messages: chat(draw, isPlain) }),
  trl: (draw, isPlain) => ({ messages: chat(draw, isPlain) }),
  together: (draw, isPlain) => ({ messages: chat(draw, isPlain) }),
  "trl-prompt": (draw, isPlain) => {
    const all = chat(draw, isPlain);
    const end = draw.chance(0.8) ? all.findLastIndex(({ role }) => role === "user") + 1 : 1;
    return { prompt: all.slice(0, end), ...(end < all.length && { completion: all.slice(end) }) };
  },
  "together-instruction": (draw) => ({ prompt: text(draw), completion: text(draw) }),
  axolotl: (draw, isPlain) => ({ conversations: turns(draw, isPlain, human) }),
  sharegpt: (draw, isPlain) => ({ conversations: turns(draw, isPlain, human) }),
  "llama-factory": (draw, isPlain) => ({
    ...(!isPlain && draw.chance(0.7) && { system: text(draw) }),
    conversations: turns(draw, isPlain, human).filter(({ from }) => from !== "system"),
  }),
  qwen: (draw, isPlain) => ({
    conversations: turns(draw, isPlain, { system: "system", user: "user", assistant: "assistant" }),
  }),
  alpaca: (draw, isPlain) => ({
    instruction: text(draw),
    ...((isPlain || draw.chance(0.5)) && { input: isPlain || draw.chance(0.5) ? "" : text(draw) }),
    output: text(draw),
    ...(!isPlain && draw.chance(0.5) && { system: text(draw) }),
    ...(!isPlain &&
      draw.chance(0.5) && { history: Array.from({ length: draw.integer(0, 2) }, () => [text(draw), text(draw)]) }),
  }),
  columns: (draw, isPlain) => ({ user: text(draw), assistant: text(draw), ...(!isPlain && { system: text(draw) }) }),
};
