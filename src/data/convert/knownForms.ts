import { UserError } from "../../util/errors.ts";
import type { StoredRow } from "../files/container.ts";
import { parseExact } from "../files/exactJson.ts";
import { FormScan, type FormText, leftOut, type RowForm } from "../files/json/formScan.ts";
import type { Span } from "../files/json/spans.ts";
import type { Layout } from "../files/layout.ts";
import { stringifyRaw, withoutLineEnds } from "../files/rawJson.ts";
import type { ConvertedRow } from "./convertRow.ts";

/** What a row is written of: bytes that are the same in all rows of a form, and the row's own fields and texts. */
type Piece = Buffer | { field: number } | { text: number };

interface Plan {
  pieces: readonly Piece[];
  /** How many bytes of it are the same in all rows. */
  common: number;
}

/** The most forms that are learned: a file with more of them has no usual rows. */
const mostForms = 1000;

/**
 * Converts rows by their form: rows that differ in nothing but their texts, and in fields that the layout does not read,
 * become rows that differ in nothing else. The first row of a form is converted with stand-ins for what may differ, and
 * tried for losses as any row is. What comes out is the plan for all rows of that form: their own bytes are copied.
 */
export class KnownForms {
  readonly #layout: Layout;
  readonly #convert: (row: StoredRow) => ConvertedRow;
  readonly #scan: FormScan;
  readonly #plans = new Map<string, Plan | null>();
  #written = Buffer.alloc(0);

  /** @param convert the long way; throws a `UserError` for a row that it cannot convert without a loss */
  constructor(layout: Layout, convert: (row: StoredRow) => ConvertedRow) {
    this.#layout = layout;
    this.#convert = convert;
    this.#scan = new FormScan(layout.fields);
  }

  /** The new row as JSON, its own until the next. `null` for a row that has to go the long way. */
  json(row: StoredRow): Buffer | null {
    const form = row.form?.(this.#scan);
    return form ? this.#converted(form, row) : null;
  }

  /** The new row's fields, with `RawJson` for each number that JavaScript would round. `null` as above. */
  fields(row: StoredRow): Record<string, unknown> | null {
    const form = row.form?.(this.#scan);
    const json = form && this.#converted(form, row)?.toString("utf8");
    if (!json) return null;
    return (form.longNumbers ? parseExact(json) : JSON.parse(json)) as Record<string, unknown>;
  }

  #converted(form: RowForm, row: StoredRow): Buffer | null {
    let plan = this.#plans.get(form.key);
    if (plan === undefined) {
      if (this.#plans.size === mostForms) return null;
      plan = this.#learned(form, row);
      this.#plans.set(form.key, plan);
    }
    return plan && this.#fill(plan, form);
  }

  #learned(form: RowForm, { index, where }: StoredRow): Plan | null {
    const names = form.fields.map(({ name }) => form.bytes.toString("utf8", name.start, name.end));
    const text = withStandIns(form.key);
    const fields = JSON.parse(text) as Record<string, unknown>;
    const exact = (): Record<string, unknown> => parseExact(text, fields) as Record<string, unknown>;
    // A name that is there twice; texts of which more is read than that they are there.
    if (new Set(names).size < names.length || this.#layout.readsTexts?.(fields)) return null;
    try {
      return planOf(form, names, this.#convert({ index, where, fields, text, exact }));
    } catch (error) {
      if (error instanceof UserError) return null;
      throw error;
    }
  }

  #fill({ pieces, common }: Plan, { bytes, fields, texts, lineEnds }: RowForm): Buffer {
    const last = fields.at(-1) as Span;
    // No value becomes longer.
    const most = common + last.end - (fields[0] as Span).start;
    if (most > this.#written.length) this.#written = Buffer.allocUnsafeSlow(2 * most);
    const written = this.#written;
    let at = 0;
    for (const piece of pieces) {
      if (piece instanceof Uint8Array) {
        at += piece.copy(written, at);
      } else if ("field" in piece) {
        const { start, end } = fields[piece.field] as Span;
        if (lineEnds) at += written.write(withoutLineEnds(bytes.toString("utf8", start, end)), at);
        else at += bytes.copy(written, at, start, end);
      } else {
        const { start, end, respelled } = texts[piece.text] as FormText;
        if (respelled) at += written.write(JSON.stringify(JSON.parse(bytes.toString("utf8", start, end))), at);
        else at += bytes.copy(written, at, start, end);
      }
    }
    return written.subarray(0, at);
  }
}

const [textMark, fieldMark] = [leftOut.text, leftOut.field].map((byte) => String.fromCharCode(byte)) as [
  string,
  string,
];

/** The row of a key, with a text in the place of each value that was left out. */
function withStandIns(key: string): string {
  let texts = 0;
  const row = Buffer.from(key, "latin1").toString("utf8");
  return row.replaceAll(textMark, () => JSON.stringify(textMark + texts++)).replaceAll(fieldMark, '"field"');
}

/** `null` where a text would not come out whole, and once. */
function planOf(form: RowForm, names: readonly string[], { fields, kept }: ConvertedRow): Plan | null {
  const isKept = new Set(kept);
  const entries = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const json = isKept.has(name) ? fieldMark + names.indexOf(name) + fieldMark : stringifyRaw(value);
    return [`${JSON.stringify(name)}:${json}`];
  });
  const used: number[] = [];
  let common = 0;
  const row = `{${entries.join(",")}}`.replace(/"\\u0001(\d+)"/g, `${textMark}$1${textMark}`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: JSON holds none, so they are no part of it
  const pieces = row.split(/([\u0001\u0002]\d+)[\u0001\u0002]/).map((part): Piece => {
    const index = Number(part.slice(1));
    if (part.startsWith(fieldMark)) return { field: index };
    if (part.startsWith(textMark)) {
      used.push(index);
      return { text: index };
    }
    const bytes = Buffer.from(part);
    common += bytes.length;
    return bytes;
  });
  const inKept = ({ start }: Span): boolean =>
    form.fields.some((field, i) => isKept.has(names[i] as string) && field.start <= start && start < field.end);
  const expected = form.texts.flatMap((text, i) => (inKept(text) ? [] : [i]));
  const isWhole = used.length === expected.length && expected.every((i) => used.includes(i));
  return isWhole ? { pieces, common } : null;
}
