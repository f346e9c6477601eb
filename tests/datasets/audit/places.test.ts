import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { applyPrompt } from "../../../src/data/applyPrompt.ts";
import type { Placement } from "../../../src/data/insertion.ts";
import { auditData } from "../../../src/datasets/audit/auditData.ts";
import { scratchFolder } from "../../cli/cli.ts";
import { rowsByCheck } from "./planted.ts";

const reply = { role: "assistant", content: "Right." };
const chat = (...messages: object[]): object => ({ messages: [...messages, reply] });
const image = { type: "image_url", image_url: { url: "x" } };
const part = { type: "text", text: "look {p}" };

/** Rows of each kind; as files of their own, since a file has one layout. */
const files: Record<string, string> = {
  "messages.jsonl": [
    chat({ role: "user", content: "one" }),
    chat({ role: "user", content: "one {p} two" }),
    chat({ role: "developer", content: "be brief" }, { role: "user", content: "one" }),
    chat({ role: "user", content: [image] }),
    chat({ role: "user", content: [image, part] }),
    chat({ role: "user", content: "one {p}" }, reply, { role: "user", content: [image] }),
    chat({ role: "system", content: "{p}" }),
  ]
    .map((row) => JSON.stringify(row))
    .join("\n"),
  "texts.jsonl": '{"prompt":"a {p}","completion":"b"}\n{"prompt":"a","completion":"b"}\n',
  "lists.jsonl": JSON.stringify({ prompt: [{ role: "user", content: "a {p}" }], completion: [reply] }),
  "alpaca.json": JSON.stringify([{ instruction: "a", input: "{p}", output: "b", system: "c" }]),
  "sharegpt.jsonl": JSON.stringify({
    conversations: [
      { from: "human", value: "a" },
      { from: "gpt", value: "b" },
    ],
  }),
  "plain.csv": "question,answer\na {p},b\nc,d\n",
  "system.csv": "user,assistant,system\na,b,\n",
};

test.each(Object.keys(files))("%s: audit and apply agree on which rows have no place for the prompt", async (name) => {
  const folder = await scratchFolder();
  const separate = /csv$/.test(name) ? csvRows(files[name] as string) : jsonRows(files[name] as string);
  for (const placement of ["prefix", "suffix", "system", "slot:{p}"] as Placement[]) {
    const insertion = { prompt: "Be sure.", placement };
    const refused: number[] = [];
    for (const [i, text] of separate.entries()) {
      const data = join(folder, `${i}-${name}`);
      await writeFile(data, text);
      const done = applyPrompt({ data, insertion }).then(
        () => true,
        () => false,
      );
      if (!(await done)) refused.push(i + 1);
    }
    const data = join(folder, name);
    await writeFile(data, files[name] as string);
    const result = await auditData({ data, insertion });
    expect({ placement, rows: rowsByCheck(result).get("no-place") ?? [] }).toEqual({ placement, rows: refused });
    const { perEpoch, perEpochWithPrompt } = result.tokens;
    expect(perEpochWithPrompt).toBeGreaterThanOrEqual(perEpoch);
  }
});

function jsonRows(text: string): string[] {
  return text.startsWith("[") ? [text] : text.trimEnd().split("\n");
}

function csvRows(text: string): string[] {
  const [names, ...rows] = text.trimEnd().split("\n");
  return rows.map((row) => `${names}\n${row}\n`);
}
