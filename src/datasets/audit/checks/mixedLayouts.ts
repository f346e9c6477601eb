import type { LayoutId } from "../../../data/files/dataRow.ts";
import type { CreateCheck } from "../check.ts";
import type { Hits } from "../hits.ts";
import { counted } from "../perRow.ts";

/** Rows in another layout than most: readers stop there, or take them for something else. */
export const mixedLayouts: CreateCheck = (context) => {
  const layouts = new Map<LayoutId, { count: number; hits: Hits }>();
  return {
    anyRow: (row) => {
      if (row.layout === undefined) return;
      const known = layouts.get(row.layout) ?? { count: 0, hits: context.hits() };
      layouts.set(row.layout, known);
      known.count += 1;
      known.hits.add(row, `layout ${row.layout}`);
    },
    finish: () => {
      const [main, ...others] = [...layouts].sort(([, a], [, b]) => b.count - a.count);
      return others.map(([layout, { hits }]) =>
        hits.finding({
          check: "mixed-layouts",
          severity: "error",
          message: `${counted(hits.total)} in the layout "${layout}" among ${main?.[1].count} in "${main?.[0]}"`,
          remedy: "bring all rows into one layout",
        }),
      );
    },
  };
};
