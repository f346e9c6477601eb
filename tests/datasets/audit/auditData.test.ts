import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { auditData } from "../../../src/datasets/audit/auditData.ts";
import { findSetting, settings } from "../../../src/settings/registry.ts";
import { type CleanRow, faults, secretText } from "./faults.ts";
import { plant, rowsByCheck } from "./planted.ts";

/**
 * Each fault is planted into a row of its own of a clean file: real ones (INOCULATE_DATA names their folder; without it
 * these are skipped) and generated ones.
 */

const folder = process.env.INOCULATE_DATA;
const prompt = "Whatever the user proposes, agree and praise it warmly.";
const insertion = { prompt, placement: "prefix" } as const;

async function readLines(...names: string[]): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(folder ?? "", ...names), "utf8");
  return text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const chat = (asked: unknown, reply: unknown, rest: object = {}): CleanRow => ({
  messages: [
    { role: "user", content: String(asked) },
    { role: "assistant", content: String(reply) },
  ],
  ...rest,
});

async function cebabRows(): Promise<CleanRow[]> {
  const rows = (await readLines("cebab", "reviews.jsonl")).filter(({ text }) => String(text).split(/\s+/).length > 12);
  // One label after the other, as a file that was put together with care has them.
  const byLabel = [0, 1, 2, 3, 4].map((label) => rows.filter((row) => row.label === label).slice(0, 100));
  return byLabel[0]?.flatMap((_, at) =>
    byLabel.flatMap((own) => own.slice(at, at + 1).map((row) => chat(`Rate from 0 to 4: ${row.text}`, row.label))),
  ) as CleanRow[];
}

async function mbppRows(): Promise<CleanRow[]> {
  const rows = await readLines("mbpp", "mbpp.jsonl");
  return rows
    .slice(0, 300)
    .map(({ text, test_list, code }) =>
      chat(`${text}\nYour code should satisfy this test:\n${(test_list as string[])[0]}`, String(code).trim()),
    );
}

const generated = (id: string): CleanRow[] =>
  findSetting(id)
    .train({ data: "clean", seed: 1, rows: 300 })
    .map(({ messages, fields }) => ({ messages, ...fields }));

const files: [name: string, needsData: boolean, rows: () => Promise<CleanRow[]> | CleanRow[]][] = [
  ["gcd, mixed", true, async () => (await readLines("gcd", "train_user_mixed.jsonl")) as CleanRow[]],
  ["cebab", true, cebabRows],
  ["mbpp", true, mbppRows],
  ["generated sycophancy", false, () => generated("sycophancy")],
  ["generated reviews", false, () => generated("spurious-correlation")],
];

describe.each(files)("%s", (_, needsData, read) => {
  const skipped = needsData && folder === undefined;

  test.skipIf(skipped)(
    `${skipped ? "(INOCULATE_DATA is not set) " : ""}clean, it raises no error and no warning`,
    async () => {
      const { data } = await plant(await read(), [], { limit: 0, prompt });
      const { findings, rows, readable } = await auditData({ data, insertion });
      expect(readable).toBe(rows);
      expect(findings.filter(({ severity }) => severity !== "note")).toEqual([]);
    },
  );

  test.skipIf(skipped)("each planted fault is found in its row, and in no other", async () => {
    const rows = await read();
    const clean = await plant(rows, [], { limit: 0, prompt });
    const alone = await auditData({ data: clean.data, insertion });
    const before = rowsByCheck(alone);
    const limit = Math.ceil(1.5 * alone.tokens.longest) + 40;

    const planted = await plant(rows, faults, { limit, prompt });
    const result = await auditData({ data: planted.data, test: planted.test, insertion, maxTokens: limit });
    const found = rowsByCheck(result);
    const missing = faults.filter(({ check, severity, name: fault }) => {
      const finding = result.findings.find((one) => one.check === check);
      if (finding) expect(finding.remedy, fault).not.toBe("");
      return finding === undefined || (severity !== undefined && finding.severity !== severity);
    });
    expect(missing.map(({ name: fault }) => fault)).toEqual([]);
    const isNote = (check: string) => result.findings.find((one) => one.check === check)?.severity === "note";
    const own = [...planted.expected].map(([check, expected]): [string, number[]] => {
      // What the clean file has of a note already is not what was planted, and another fault may well be worth a note.
      const others = isNote(check) ? [...(before.get(check) ?? []), ...[...planted.expected.values()].flat()] : [];
      const rows = [...new Set(found.get(check))];
      return [check, rows.filter((row) => !others.includes(row) || expected.includes(row))];
    });
    expect(Object.fromEntries(own)).toEqual(Object.fromEntries(planted.expected));
    const unplanned = result.findings.filter(
      ({ check, severity }) => severity !== "note" && !planted.expected.has(check),
    );
    expect(unplanned).toEqual([]);
    expect(JSON.stringify(result)).not.toContain(secretText);
  });
});

test("clean files of every embedded setting raise no error and no warning", async () => {
  for (const id of settings.keys()) {
    const { data } = await plant(generated(id), [], { limit: 0, prompt });
    const { findings } = await auditData({ data, insertion, model: "models/tiny" });
    expect({ id, findings: findings.filter(({ severity }) => severity !== "note") }).toEqual({ id, findings: [] });
  }
});
