import type { Edit, Path } from "./container.ts";

/** An edit of a text at a path. */
export type TextEdit = Extract<Edit, { path: Path; text: string }>;

/** The text with all edits made; offsets are those of the text as it was. */
export function editText(text: string, edits: readonly TextEdit[]): string {
  const splices = edits.map((edit) => {
    if (edit.kind === "replace") return { start: edit.start, end: edit.end, text: edit.text };
    const place = edit.kind === "prepend" ? 0 : text.length;
    return { start: place, end: place, text: edit.text };
  });
  splices.sort((a, b) => a.start - b.start || a.end - b.end);
  let edited = "";
  let at = 0;
  for (const splice of splices) {
    if (splice.start < at || splice.end > text.length) throw new RangeError("edits overlap or leave the text");
    edited += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return edited + text.slice(at);
}

/** Whether the edit changes a text, rather than adding a value. */
export function isTextEdit(edit: Edit): edit is TextEdit {
  return edit.kind === "prepend" || edit.kind === "append" || edit.kind === "replace";
}
