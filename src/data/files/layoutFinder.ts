import { UserError } from "../../util/errors.ts";
import type { StoredRow } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import type { Layout } from "./layout.ts";
import { columnLayout } from "./layouts/columnLayout.ts";
import { detectLayout, detectTableLayout, noLayout } from "./layouts/detectLayout.ts";

/**
 * Finds the layout of a file's rows: that of the first row, which all others must have.
 *
 * @returns a function to be asked for every row, in order; it throws a `UserError` for a row in another layout
 */
export function layoutFinder(
  container: ContainerId,
  columns: Readonly<Record<string, string>> | undefined,
): (row: StoredRow) => Layout {
  const isTable = container !== "jsonl" && container !== "json";
  const given = columns && columnLayout(columns);
  const detect = given ? (fields: StoredRow["fields"]) => (given.fits(fields) ? given : undefined) : detectLayout;
  let first: { layout: Layout; where: string } | undefined;
  return ({ fields, where }) => {
    if (!first) {
      const layout = (isTable && !given ? detectTableLayout(fields) : detect(fields)) ?? noLayout(fields, where);
      first = { layout, where };
      return layout;
    }
    if (isTable && first.layout.fits(fields)) return first.layout;
    const layout = detect(fields) ?? noLayout(fields, where);
    if (layout.id === first.layout.id) return first.layout;
    throw new UserError(
      `${where}: expected the layout ${first.layout.id}, as in ${first.where}, found ${layout.id}; ` +
        "a file has one layout: put these rows into a file of their own",
    );
  };
}
