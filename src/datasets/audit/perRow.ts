import type { AuditRow } from "./auditRow.ts";
import type { AuditContext, CreateCheck } from "./check.ts";
import type { Severity } from "./finding.ts";

/** A check that looks at one row at a time. */
export interface PerRow {
  check: string;
  severity: Severity;
  remedy: string;
  /** The text to show of a row that has the fault; `undefined` for a row without. */
  find(row: AuditRow, context: AuditContext): string | undefined;
  /** Said of `total` rows with the fault among `rows`. */
  message(total: string, rows: number): string;
}

/** The check that looks at each row alone, and makes one finding of those that have the fault. */
export function perRow({ check, severity, remedy, find, message }: PerRow): CreateCheck {
  return (context) => {
    const hits = context.hits();
    return {
      row: (row) => {
        const text = find(row, context);
        if (text !== undefined) hits.add(row, text);
      },
      finish: ({ rows }) =>
        hits.total === 0
          ? []
          : [hits.finding({ check, severity, message: message(counted(hits.total), rows), remedy })],
    };
  };
}

/** "1 row", "2 rows". */
export function counted(count: number, noun = "row"): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
