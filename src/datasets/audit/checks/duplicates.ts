import type { CreateCheck } from "../check.ts";
import { digest } from "../digest.ts";
import { counted } from "../perRow.ts";

/** Up to this share of rows repetitions are what short or templated texts bring along, and a note. */
const harmlessShare = 0.1;

/** Rows whose messages are, to the letter, those of an earlier row. */
export const duplicates: CreateCheck = (context) => {
  const hits = context.hits();
  const firstOf = new Map<string, number>();
  return {
    row: (row) => {
      const key = digest(JSON.stringify(row.texts.map(({ role, text }) => [role, text])));
      const first = firstOf.get(key);
      if (first === undefined) firstOf.set(key, row.number);
      else hits.add(row, `as row ${first}: ${row.asked}`);
    },
    finish: ({ rows }) => {
      if (hits.total === 0) return [];
      const share = hits.total / rows;
      return [
        hits.finding({
          check: "duplicate",
          severity: share > harmlessShare ? "warning" : "note",
          message: `${counted(hits.total)} (${(100 * share).toFixed(1)} %) with the messages of an earlier row`,
          remedy: "drop the later ones, unless they are meant to count twice",
        }),
      ];
    },
  };
};
