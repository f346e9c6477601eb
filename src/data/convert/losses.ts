import type { Loss } from "../files/layout.ts";

/** A kind of loss, over all rows. */
export interface CountedLoss {
  /** The field, with `*` for places in lists. */
  field: string;
  why: string;
  /** How often it was lost. */
  count: number;
  /** Where first: `file:line`. */
  first: string;
}

/** Counts losses by field. */
export class LossCounter {
  readonly #counted = new Map<string, CountedLoss>();

  add({ where, field, why, rows = 1 }: Loss): void {
    const kind = field.replace(/(^|\.)\d+(?=\.|$)/g, "$1*");
    const known = this.#counted.get(kind);
    if (known) known.count += rows;
    else this.#counted.set(kind, { field: kind, why, count: rows, first: where });
  }

  get all(): CountedLoss[] {
    return [...this.#counted.values()];
  }
}
