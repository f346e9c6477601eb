import { UserError } from "../../util/errors.ts";
import type { StoredRow } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import type { Layout } from "./layout.ts";
import { type Columns, columnLayout } from "./layouts/columnLayout.ts";
import { detectLayout, detectTableLayout, noLayout } from "./layouts/detectLayout.ts";

/**
 * Finds the layout of a file's rows: that of the first row, which all others must have.
 *
 * @returns a function to be asked for every row, in order; it throws a `UserError` for a row in another layout
 */
export function layoutFinder(container: ContainerId, columns: Columns | undefined): (row: StoredRow) => Layout {
  const isTable = container !== "jsonl" && container !== "json";
  const given = columns && columnLayout(columns);
  const detect = given ? (fields: StoredRow["fields"]) => (given.fits(fields) ? given : undefined) : detectLayout;
  let first: { layout: Layout; where: string } | undefined;
  return ({ fields, where }) => {
    if (!first) {
      if (isTable && columns) expectColumns(columns, fields, where);
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

/** @throws UserError where a column is named that the table doesn't have; without system messages it needs none for them */
function expectColumns({ user, assistant }: Columns, fields: StoredRow["fields"], where: string): void {
  const missing = [user, assistant].find((name) => name !== undefined && !Object.hasOwn(fields, name));
  if (missing === undefined) return;
  throw new UserError(
    `${where}: the table has no column ${JSON.stringify(missing)}, which --columns names; ` +
      `its columns are ${Object.keys(fields).join(", ")}`,
  );
}
