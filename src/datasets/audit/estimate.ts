import type { AuditRow } from "./auditRow.ts";
import { isLength } from "./tokens/rowLength.ts";
import type { TokenCounter } from "./tokens/tokenCounter.ts";

/** How many tokens a training reads, and what they cost. Rows that cannot be counted are left out. */
export interface TokenEstimate {
  /** How tokens were counted. */
  method: string;
  /** Rows that were counted. */
  rows: number;
  /** Most tokens of a row; `null` without a limit. */
  limit: number | null;
  /** Tokens of the longest row. */
  longest: number;
  epochs: number;
  /** Of one pass over the file, as it is. */
  perEpoch: number;
  /** Of one pass with the prompt inserted; `null` where none is named. */
  perEpochWithPrompt: number | null;
  /** Of all passes, in the currency of the price; `null` without a price. */
  cost: number | null;
  costWithPrompt: number | null;
}

/** Adds up the rows' tokens. A row without a place for the prompt counts as it is. */
export function tokenSums(
  options: { epochs?: number | undefined; pricePerMillion?: number | undefined; insertion?: object | undefined },
  { method, limit }: TokenCounter,
): { add(row: AuditRow): void; estimate(): TokenEstimate } {
  const { epochs = 1, pricePerMillion } = options;
  let [rows, plain, inserted, longest] = [0, 0, 0, 0];
  const costOf = (tokens: number): number | null =>
    pricePerMillion === undefined ? null : (tokens * epochs * pricePerMillion) / 1e6;
  return {
    add: ({ measured }) => {
      if (!isLength(measured?.plain)) return;
      rows += 1;
      plain += measured.plain.total;
      longest = Math.max(longest, measured.plain.total);
      if (isLength(measured.inserted)) inserted += measured.inserted.total;
      else if (measured.inserted?.check === "no-place") inserted += measured.plain.total;
    },
    estimate: () => ({
      method,
      rows,
      limit: limit ?? null,
      longest,
      epochs,
      perEpoch: plain,
      perEpochWithPrompt: options.insertion ? inserted : null,
      cost: costOf(plain),
      costWithPrompt: options.insertion ? costOf(inserted) : null,
    }),
  };
}
