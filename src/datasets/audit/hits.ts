import { excerpt } from "./excerpt.ts";
import type { Example, Finding } from "./finding.ts";

/** The rows of one finding, as they come. Only the first are kept by number; all are counted. */
export interface Hits {
  readonly total: number;
  /** @param text shown as an example, cut and with secrets blanked out */
  add(row: { number: number; where: string }, text?: string): void;
  finding(about: Pick<Finding, "check" | "severity" | "message" | "remedy">): Finding;
}

const placeLimit = 5;
const exampleLimit = 3;

/**
 * @param maxRows row numbers kept
 * @param mayShow whether a text may be an example
 */
export function createHits(maxRows: number, mayShow: (text: string) => boolean): Hits {
  const rows: number[] = [];
  const places: string[] = [];
  const examples: Example[] = [];
  let total = 0;
  return {
    get total() {
      return total;
    },
    add: ({ number, where }, text) => {
      total += 1;
      if (rows.length < maxRows) rows.push(number);
      if (places.length < placeLimit) places.push(where);
      if (text === undefined || examples.length >= exampleLimit) return;
      examples.push({ row: number, text: mayShow(text) ? excerpt(text) : "(an insult; shown on request)" });
    },
    finding: (about) => ({ ...about, rows, total, places, ...(examples.length > 0 && { examples }) }),
  };
}
