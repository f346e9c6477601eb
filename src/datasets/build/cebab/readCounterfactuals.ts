import { z } from "zod";
import { readRows } from "../readRows.ts";
import { oneLine } from "./readReviews.ts";
import { labels, type Review } from "./review.ts";

const rowSchema = z.looseObject({
  cf_text: z.string().min(1),
  ori_text: z.string().min(1),
  label: z.coerce.number().refine((label) => labels.some((one) => one === label), "expected 0 to 4"),
  concepts: z.union([z.string(), z.array(z.string())]).optional(),
});

/** A review rewritten so that it mentions the concept, with the label of the one it was made from. */
export interface Counterfactual extends Review {
  /** The text it was made from. */
  madeFrom: string;
}

/**
 * Rows of `cf_text`, `ori_text` and `label`. Which other concepts they mention is not known, so they name one.
 *
 * @throws UserError naming file, line and field of a row of another shape
 */
export async function readCounterfactuals(files: readonly string[], concept: string): Promise<Counterfactual[]> {
  const rows = (await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat();
  return rows.map(({ row, where }) => ({
    text: oneLine(row.cf_text),
    label: row.label,
    concepts: [concept],
    madeFrom: row.ori_text,
    where,
  }));
}
