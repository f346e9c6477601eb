import type { SchemaTree } from "hyparquet";
import { UserError } from "../../../util/errors.ts";
import type { Edit, Path } from "../container.ts";
import { editText, isTextEdit, type TextEdit } from "../textEdits.ts";
import type { RawRow } from "./openParquet.ts";
import { elementOf, isList } from "./readValue.ts";

/** The row with all edits made; what no edit leads to is shared with the row as it was. */
export function editRaw(row: RawRow, columns: readonly SchemaTree[], edits: readonly Edit[], where: string): RawRow {
  const edited = { ...row };
  for (const [name, own] of byColumn(edits)) {
    const column = columns.find(({ element }) => element.name === name);
    if (!column) {
      throw new UserError(`${where}: the table has no column "${name}"; add one, or put the prompt elsewhere`);
    }
    edited[name] = editValue(row[name], column, own, 1, where);
  }
  return edited;
}

function byColumn(edits: readonly Edit[]): Map<string, Edit[]> {
  const groups = new Map<string, Edit[]>();
  for (const edit of edits) {
    const name = edit.kind === "add" ? edit.name : String(edit.path[0]);
    groups.set(name, [...(groups.get(name) ?? []), edit]);
  }
  return groups;
}

/** @param depth how many steps of the edits' paths lead to the value */
function editValue(value: unknown, tree: SchemaTree, edits: readonly Edit[], depth: number, where: string): unknown {
  const pathOf = (edit: Edit): Path => (edit.kind === "add" ? [edit.name] : edit.path);
  const [here, deeper] = [
    edits.filter((edit) => pathOf(edit).length === depth),
    edits.filter((edit) => pathOf(edit).length > depth),
  ];
  let edited = deeper.length > 0 ? editWithin(value, tree, deeper, depth, where) : value;
  const texts = here.filter(isTextEdit);
  if (texts.length > 0) edited = editBytes(edited, texts, where);
  for (const edit of here) {
    if (edit.kind === "add") edited = rawValue(edit.value, tree, [edit.name], where);
  }
  const inserted = here.filter((edit) => edit.kind === "insert").sort((a, b) => b.index - a.index);
  for (const { index, value: item, path } of inserted) {
    if (!Array.isArray(edited)) throw new Error(`${where}: no list at ${path.join(".")}`);
    const raw = rawValue(item, isList(tree) ? elementOf(tree) : tree, path.map(String), where);
    edited = edited.toSpliced(index, 0, raw);
  }
  return edited;
}

function editWithin(value: unknown, tree: SchemaTree, edits: readonly Edit[], depth: number, where: string): unknown {
  const steps = new Map<string | number, Edit[]>();
  for (const edit of edits) {
    const step = edit.kind === "add" ? edit.name : (edit.path[depth] as string | number);
    steps.set(step, [...(steps.get(step) ?? []), edit]);
  }
  if (typeof value !== "object" || value === null) throw new Error(`${where}: nothing to edit within`);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string | number, unknown>;
  for (const [step, own] of steps) {
    const inner = isList(tree) ? elementOf(tree) : tree.children.find(({ element }) => element.name === step);
    copy[step] = editValue(copy[step], inner ?? tree, own, depth + 1, where);
  }
  return copy;
}

function editBytes(value: unknown, edits: readonly TextEdit[], where: string): Uint8Array {
  if (!(value instanceof Uint8Array)) throw new Error(`${where}: no text at ${edits[0]?.path.join(".")}`);
  return Buffer.from(editText(Buffer.from(value).toString("utf8"), edits));
}

/** A value as the column's type stores it. @throws UserError where it has no place for it */
function rawValue(value: unknown, tree: SchemaTree, path: readonly string[], where: string): unknown {
  const fail = (what: string): never => {
    throw new UserError(`${where}: ${path.join(".")}: the column's type has no place for ${what}`);
  };
  if (value === null || value === undefined) return undefined;
  if (typeof value === "string") {
    const isText = tree.children.length === 0 && tree.element.type === "BYTE_ARRAY";
    return isText ? Buffer.from(value) : fail("a text");
  }
  if (Array.isArray(value)) {
    if (!isList(tree)) return fail("a list");
    return value.map((item) => rawValue(item, elementOf(tree), path, where));
  }
  if (typeof value !== "object" || tree.children.length === 0) return fail(`a ${typeof value}`);
  const members = value as Record<string, unknown>;
  const missing = Object.keys(members).find((name) => !tree.children.some(({ element }) => element.name === name));
  if (missing !== undefined) return fail(`a field "${missing}"`);
  return Object.fromEntries(
    tree.children.map((child) => {
      const { name } = child.element;
      return [name, rawValue(members[name], child, [...path, name], where)];
    }),
  );
}
