import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { type Random, random } from "../../src/util/random.ts";

/** `pairs` are texts without a number beside them, which is all that a table can hold. */
export type RowKind = "messages" | "texts" | "pairs";

const words = (
  "the of and to in is you that it he was for on are as with his they at be this have from or one had by word but not " +
  "what all were we when your can said there use an each which she do how their if will up other about out many then " +
  "them these so some her would make like him into time has look two more write go see number no way could people"
).split(" ");
const special = ["größer", "déjà", "東京", "привет", "🙂", "“so”", "line\nbreak", "tab\there", 'say "hi"', "C:\\path"];

/** Writes chat rows of varied sizes, some with other letters than ASCII's, until the file has this size. */
export async function writeRows(file: string, kind: RowKind, megabytes: number): Promise<number> {
  const draw = random("bench apply", kind);
  const stream = createWriteStream(file);
  let rows = 0;
  for (let bytes = 0; bytes < megabytes * 1e6; ) {
    const block = Buffer.from(
      Array.from({ length: 200 }, () => `${JSON.stringify(row(kind, rows++, draw))}\n`).join(""),
    );
    bytes += block.length;
    if (!stream.write(block)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
  return rows;
}

function row(kind: RowKind, id: number, draw: Random): object {
  const text = (most: number): string => {
    const isSpecial = draw.chance(0.3);
    const word = (): string => (isSpecial && draw.chance(0.03) ? draw.pick(special) : draw.pick(words));
    return Array.from({ length: draw.integer(5, most) }, word).join(" ");
  };
  const rest = { source: "bench", score: draw.integer(0, 1000) / 1000, id };
  if (kind === "pairs") return { prompt: text(80), completion: text(160), source: rest.source, id: `row ${id}` };
  if (kind === "texts") return { prompt: text(80), completion: text(160), ...rest };
  const turns = draw.chance(0.2) ? draw.integer(2, 5) : 1;
  const system = draw.chance(0.5) ? [{ role: "system", content: "You are a helpful assistant." }] : [];
  const chat = Array.from({ length: turns }, () => [
    { role: "user", content: text(100) },
    { role: "assistant", content: text(250) },
  ]);
  return { messages: [...system, ...chat.flat()], ...rest };
}
