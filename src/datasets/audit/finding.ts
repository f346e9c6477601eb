/** `error`: must be fixed before training. `warning`: look at it. `note`: good to know. */
export const severities = ["error", "warning", "note"] as const;
export type Severity = (typeof severities)[number];

/** A few words of a row that shows a finding; secrets are blanked out, long texts cut. */
export interface Example {
  /** Row number, from 1. */
  row: number;
  text: string;
}

/** One thing that a check found in a file. */
export interface Finding {
  check: string;
  severity: Severity;
  /** What is wrong, with its numbers. */
  message: string;
  /** What to do about it. */
  remedy: string;
  /** Row numbers, from 1, ascending; the first `maxRows` of `total`. Empty for what concerns the file. */
  rows: number[];
  total: number;
  /** `file:line` of the first few. */
  places: string[];
  examples?: Example[];
}
