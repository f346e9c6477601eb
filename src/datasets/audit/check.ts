import type { Insertion } from "../../data/insertion.ts";
import type { AuditRow, ReadRow } from "./auditRow.ts";
import type { Finding } from "./finding.ts";
import type { Hits } from "./hits.ts";
import type { TestRows } from "./testRows.ts";
import type { TokenCounter } from "./tokens/tokenCounter.ts";

/** What a check may ask about the whole audit. */
export interface AuditContext {
  file: string;
  /** The prompt that is to be inserted. */
  insertion?: Insertion | undefined;
  tokens: TokenCounter;
  /** The held-out file, read before the audited one. */
  test?: TestRows | undefined;
  /** Collects the rows of one finding. */
  hits(): Hits;
  /** Python processes at once, where a check runs code. */
  workers: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** What a check gets when all rows were seen. */
export interface Seen {
  /** All rows, broken ones too. */
  rows: number;
  /** The rows that can be understood, in the file's order, or a sample of them. */
  sample: readonly AuditRow[];
  /** Whether `sample` leaves rows out. */
  sampled: boolean;
}

/** One check at work: it sees every row once and keeps what it needs, hashes rather than texts. */
export interface Check {
  /** A row that can be understood. */
  row?(row: AuditRow): void;
  /** Any row, broken ones too. */
  anyRow?(row: ReadRow): void;
  finish(seen: Seen): readonly Finding[] | Promise<readonly Finding[]>;
}

export type CreateCheck = (context: AuditContext) => Check;
