import type { AuditRow } from "./auditRow.ts";
import { digest } from "./digest.ts";
import { prepareRow } from "./prepareRow.ts";
import { type ReadRowsOptions, readRows } from "./readRows.ts";
import { rowReservoir, type SampleOptions } from "./sampleRows.ts";

/** What the checks ask of a held-out file. */
export interface TestRows {
  file: string;
  rows: number;
  /** Rows that cannot be understood. */
  broken: { number: number; where: string }[];
  /** The first row that asks this, by `askedDigest`. */
  numberOf: ReadonlyMap<string, number>;
  /** The rows, or a sample of them. */
  sample: readonly AuditRow[];
}

/** What a row asks, whatever its case and spaces. */
export function askedDigest({ asked }: Pick<AuditRow, "asked">): string {
  return digest(asked.toLowerCase().replace(/\s+/g, " ").trim());
}

/** Reads the held-out file. @throws UserError where there is no file, or no row in it */
export async function readTestRows(file: string, options: ReadRowsOptions & SampleOptions): Promise<TestRows> {
  const numberOf = new Map<string, number>();
  const sample = rowReservoir(options);
  const broken: TestRows["broken"] = [];
  let rows = 0;
  for await (const read of readRows(file, options)) {
    rows += 1;
    const row = prepareRow(read);
    if (row === undefined) {
      broken.push({ number: read.number, where: read.where });
      continue;
    }
    sample.add(row);
    const key = askedDigest(row);
    if (!numberOf.has(key)) numberOf.set(key, row.number);
  }
  return { file, rows, broken, numberOf, sample: sample.items() };
}
