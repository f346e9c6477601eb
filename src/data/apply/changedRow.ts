import type { Edit, Path, StoredRow } from "../files/container.ts";
import { editText, isTextEdit, type TextEdit } from "../files/textEdits.ts";

/** A row that changes, for people to look at. */
export interface ChangedRow {
  where: string;
  changes: Change[];
}

export interface Change {
  /** Names and indices that lead to it, with dots between. */
  field: string;
  /** Absent for what is new. */
  before?: string;
  after: string;
}

/** What edits do to a row. */
export function changedRow({ where, fields }: StoredRow, edits: readonly Edit[]): ChangedRow {
  const byField = new Map<string, TextEdit[]>();
  const added: Change[] = [];
  for (const edit of edits) {
    if (isTextEdit(edit)) {
      const field = edit.path.join(".");
      byField.set(field, [...(byField.get(field) ?? []), edit]);
    } else {
      const field = edit.kind === "add" ? edit.name : [...edit.path, edit.index].join(".");
      added.push({ field, after: typeof edit.value === "string" ? edit.value : JSON.stringify(edit.value) });
    }
  }
  const texts = [...byField].map(([field, ofField]): Change => {
    const before = textAt(fields, (ofField[0] as TextEdit).path);
    return { field, before, after: editText(before, ofField) };
  });
  return { where, changes: [...added, ...texts] };
}

function textAt(fields: unknown, path: Path): string {
  let value = fields;
  for (const step of path) value = (value as Record<string | number, unknown>)[step];
  return value as string;
}
