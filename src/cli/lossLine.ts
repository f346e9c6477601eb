import type { CountedLoss } from "../data/convert/losses.ts";

/** What a conversion lost, in a line. */
export function lossLine({ field, why, count, first }: CountedLoss): string {
  return `lost ${count} x ${field}, first in ${first}: ${why}`;
}
