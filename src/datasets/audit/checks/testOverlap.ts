import type { AuditRow } from "../auditRow.ts";
import type { CreateCheck } from "../check.ts";
import { nearPairs } from "../nearPairs.ts";
import { counted } from "../perRow.ts";
import { askedDigest, type TestRows } from "../testRows.ts";

/** Rows that ask what a row of the held-out file asks, to the word or nearly. */
export const testOverlap: CreateCheck = (context) => {
  const { test } = context;
  if (test === undefined) return { finish: () => [] };
  const exact = context.hits();
  const asked = new Set<number>();
  return {
    row: (row) => {
      const testRow = test.numberOf.get(askedDigest(row));
      if (testRow === undefined) return;
      asked.add(testRow);
      exact.add(row, `as row ${testRow} of the test file: ${row.asked}`);
    },
    finish: ({ sample, sampled }) => {
      const near = context.hits();
      for (const [row, testRow] of nearRows(sample, test, context.signal)) {
        near.add(row, `close to row ${testRow.number} of the test file: ${row.asked}`);
      }
      const broken = test.broken.length;
      return [
        ...(broken === 0 ? [] : [brokenTest(test)]),
        ...(exact.total === 0
          ? []
          : [
              exact.finding({
                check: "test-overlap",
                severity: "error",
                message: `${counted(exact.total)} that ask what ${counted(asked.size)} of ${test.file} ask`,
                remedy: "drop these rows from one of the files: a test on them measures memory",
              }),
            ]),
        ...(near.total === 0
          ? []
          : [
              near.finding({
                check: "near-test-overlap",
                severity: "warning",
                message: `${counted(near.total)}${sampled ? " of a sample" : ""} that ask nearly what rows of ${test.file} ask`,
                remedy: "look at the pairs; drop from one of the files what asks the same",
              }),
            ]),
      ];
    },
  };
};

function brokenTest({ file, rows, broken }: TestRows) {
  return {
    check: "broken-test-rows",
    severity: "error" as const,
    message: `${counted(broken.length)} of ${rows} in ${file} that cannot be read (row numbers are of that file)`,
    remedy: `audit ${file} by itself and repair it`,
    rows: broken.map(({ number }) => number).slice(0, 1000),
    total: broken.length,
    places: broken.slice(0, 5).map(({ where }) => where),
  };
}

function nearRows(sample: readonly AuditRow[], test: TestRows, signal?: AbortSignal): [AuditRow, AuditRow][] {
  const texts = [...sample, ...test.sample].map(({ asked }) => asked);
  const acrossFiles = (first: number, second: number): boolean => first < sample.length && second >= sample.length;
  const found = new Map<number, number>();
  for (const { first, second } of nearPairs(texts, acrossFiles, signal)) {
    const isExact = test.numberOf.has(askedDigest(sample[first] as AuditRow));
    if (!isExact && !found.has(first)) found.set(first, second - sample.length);
  }
  return [...found].map(([row, testRow]) => [sample[row] as AuditRow, test.sample[testRow] as AuditRow]);
}
