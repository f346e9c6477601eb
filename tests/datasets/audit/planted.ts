import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditResult } from "../../../src/datasets/audit/auditData.ts";
import type { CleanRow, Fault, Planting } from "./faults.ts";

export interface PlantedFiles {
  data: string;
  test: string;
  /** Row numbers, from 1, that each check must name. */
  expected: Map<string, number[]>;
}

/** Rows between two faults, so that none stands beside another. */
const distance = 3;

/** Writes the rows with one fault in every third of them, and the held-out file that goes with it. */
export async function plant(
  rows: readonly CleanRow[],
  faults: readonly Fault[],
  about: Pick<Planting, "limit" | "prompt">,
): Promise<PlantedFiles> {
  const lines: (string | Buffer)[] = rows.map((row) => JSON.stringify(row));
  const heldOut: CleanRow[] = [
    {
      messages: [
        { role: "user", content: "unlike" },
        { role: "assistant", content: "any" },
      ],
    },
  ];
  const expected = new Map<string, number[]>();
  faults.forEach((fault, index) => {
    const at = 10 + distance * index;
    const planting: Planting = { ...about, row: rows[at] as CleanRow, clean: rows.slice(0, 10) };
    lines[at] = fault.plant(planting);
    const test = fault.test?.(planting);
    if (test) heldOut.push(test);
    for (const check of [fault.check, ...(fault.also ?? [])]) {
      const rows = [...(expected.get(check) ?? []), ...(fault.rows ?? []), at + 1];
      expected.set(check, rows);
    }
  });
  const folder = await mkdtemp(join(tmpdir(), "inoculate-audit-"));
  const [data, test] = [join(folder, "data.jsonl"), join(folder, "test.jsonl")];
  const breaks = lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from("\n")]));
  await writeFile(data, Buffer.concat(breaks));
  await writeFile(test, heldOut.map((row) => JSON.stringify(row)).join("\n"));
  return { data, test, expected };
}

/** Row numbers by check. */
export function rowsByCheck({ findings }: AuditResult): Map<string, number[]> {
  const rows = new Map<string, number[]>();
  for (const finding of findings) {
    rows.set(
      finding.check,
      [...(rows.get(finding.check) ?? []), ...finding.rows].sort((a, b) => a - b),
    );
  }
  return rows;
}
