import { z } from "zod";
import type { Placed } from "../../../data/placedRow.ts";
import { UserError } from "../../../util/errors.ts";
import { readRows } from "../readRows.ts";
import { labels, type Review } from "./review.ts";

const whole = z.union([z.number(), z.string()]);
const rowSchema = z.looseObject({
  text: z.string().optional(),
  description: z.string().optional(),
  label: whole.optional(),
  review_majority: whole.optional(),
  concepts: z.union([z.string(), z.array(z.string())]).nullish(),
  original_id: whole.nullish(),
});
type Row = z.infer<typeof rowSchema>;

const aspectField = /^(\w+)_aspect_majority$/;

/**
 * Reviews from files of two kinds: `text`, `label` (0 to 4) and `concepts` (a list, or a text with commas); or the
 * columns of CEBaB's own release, which are `description`, `review_majority` ("1" to "5") and one such as
 * `ambiance_aspect_majority` for each aspect, which counts as a concept where it is Positive or Negative.
 *
 * @returns the reviews, and how many rows were left out because their raters didn't agree on a label
 * @throws UserError naming file, line and field of a row of another shape
 */
export async function readReviews(files: readonly string[]): Promise<{ reviews: Review[]; withoutLabel: number }> {
  const rows = (await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat();
  const reviews = rows.flatMap((source) => toReview(source) ?? []);
  return { reviews, withoutLabel: rows.length - reviews.length };
}

function toReview({ row, where }: Placed<Row>): Review | undefined {
  const text = oneLine(row.text ?? row.description ?? "");
  if (text === "") throw new UserError(`${where}: text: expected a review in "text" (or "description"), found none`);
  const label = labelOf(row, where);
  if (label === undefined) return undefined;
  const original =
    row.original_id === undefined || row.original_id === null ? {} : { original: String(row.original_id) };
  return { text, label, concepts: conceptsOf(row, where), ...original, where };
}

function labelOf(row: Row, where: string): number | undefined {
  const ours = row.label !== undefined;
  const given = row.label ?? row.review_majority;
  if (!ours && (given === "no majority" || given === "")) return undefined;
  const label = given === undefined || given === "" ? Number.NaN : Number(given) - (ours ? 0 : 1);
  if (labels.some((one) => one === label)) return label;
  const expected = ours ? "label: expected 0 to 4" : 'review_majority: expected 1 to 5 or "no majority"';
  throw new UserError(`${where}: ${expected}, found ${given === undefined ? 'neither it nor "label"' : `"${given}"`}`);
}

function conceptsOf(row: Row, where: string): string[] {
  const { concepts } = row;
  if (concepts !== undefined && concepts !== null) {
    const names = typeof concepts === "string" ? concepts.split(",") : concepts;
    return [...new Set(names.map((name) => name.trim().toLowerCase()).filter(Boolean))];
  }
  const aspects = Object.entries(row).flatMap(([field, value]) => {
    const aspect = aspectField.exec(field)?.[1];
    return aspect === undefined ? [] : [{ aspect, mentioned: value === "Positive" || value === "Negative" }];
  });
  if (aspects.length > 0) return aspects.filter(({ mentioned }) => mentioned).map(({ aspect }) => aspect);
  throw new UserError(
    `${where}: concepts: expected the concepts that the review speaks of (a list, or a text with commas), or columns such as "food_aspect_majority", found neither`,
  );
}

export const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim();
