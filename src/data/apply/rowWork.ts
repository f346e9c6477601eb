import { UserError } from "../../util/errors.ts";
import type { Edit, StoredRow } from "../files/container.ts";
import type { LayoutId } from "../files/dataRow.ts";
import { parseExact } from "../files/exactJson.ts";
import type { Layout } from "../files/layout.ts";
import { layouts } from "../files/layouts/layouts.ts";
import { isSlot, slotOf } from "../insertion.ts";
import { ConditionTally } from "./conditionTally.ts";
import { editsAtSpans, type PromptPlace, promptEdits } from "./promptEdits.ts";
import { asText, fieldOf, type RowCondition } from "./rowCondition.ts";
import { isListed, type RowList } from "./rowList.ts";

/** Which rows get a prompt, and where it goes. */
export interface RowWorkOptions {
  place: PromptPlace;
  conditions: readonly RowCondition[];
  rows?: RowList | undefined;
  /** A chosen row without the slot or sentence is left as it is, rather than an error. */
  skipMissing: boolean;
  /** Whether rows may be handled by what can be seen without reading their fields, where that is enough. */
  glance: boolean;
}

/** What a row is to become. */
export interface RowEdits {
  /** `null` where it gets no prompt. */
  inoculated: Edit[] | null;
  neutral: Edit[];
}

/** Decides row by row, and keeps count. */
export class RowWork {
  rows = 0;
  inoculated = 0;
  /** Chosen rows without the slot or sentence. */
  skipped = 0;
  readonly #options: RowWorkOptions;
  readonly #name: string;
  readonly #layoutOf: (row: StoredRow) => Layout;
  readonly #conditions: ConditionTally[];
  #layout: LayoutId | undefined;
  readonly #foundIds = new Set<string>();

  /** @param name the file, for messages */
  constructor(name: string, layoutOf: (row: StoredRow) => Layout, options: RowWorkOptions) {
    this.#name = name;
    this.#layoutOf = layoutOf;
    const { place, conditions, rows, glance } = options;
    const needsFields = conditions.length > 0 || rows !== undefined || place.replace !== undefined;
    const isBeside = place.placement === "prefix" || place.placement === "suffix";
    this.#options = { ...options, glance: glance && isBeside && !needsFields };
    this.#conditions = conditions.map((condition) => new ConditionTally(condition));
  }

  /**
   * What a row is to become, with the prompt and without it.
   *
   * @param promptOf asked only for a row that gets one
   * @throws UserError where the row is broken, or is chosen and has no place for the prompt
   */
  edits(row: StoredRow, promptOf: () => string): RowEdits {
    return this.#atAGlance(row, promptOf) ?? this.#read(row, promptOf);
  }

  /** For prefixes and suffixes of all rows: no value needs to be read. */
  #atAGlance(row: StoredRow, promptOf: () => string): RowEdits | null {
    const { place, glance } = this.#options;
    if (!glance || !this.#layout || !row.userTexts) return null;
    const turns = row.userTexts(this.#layout);
    if (!turns) return null;
    this.rows += 1;
    this.inoculated += 1;
    return { inoculated: editsAtSpans(turns, place, promptOf()), neutral: [] };
  }

  #read(row: StoredRow, promptOf: () => string): RowEdits {
    const { place, skipMissing } = this.#options;
    const layout = this.#layoutOf(row);
    this.#layout ??= layouts[layout.id] === layout ? layout.id : undefined;
    layout.read(row.fields, row.where);
    this.rows += 1;
    const neutral = isSlot(place.placement) ? (promptEdits(layout, row.fields, place, "", row.where) ?? []) : [];
    if (!this.#chooses(row)) return { inoculated: null, neutral };
    // Asking for the prompt needs the row's place to be sure, so that only rows that get one are drawn for.
    const inoculated = this.#hasPlace(layout, row)
      ? promptEdits(layout, row.fields, place, promptOf(), row.where)
      : null;
    if (inoculated) {
      this.inoculated += 1;
    } else {
      if (!skipMissing) throw this.#missing(row);
      this.skipped += 1;
    }
    return { inoculated, neutral };
  }

  #hasPlace(layout: Layout, row: StoredRow): boolean {
    const { place } = this.#options;
    const named = place.replace !== undefined || isSlot(place.placement);
    return !named || promptEdits(layout, row.fields, place, "", row.where) !== null;
  }

  #chooses(row: StoredRow): boolean {
    const { rows } = this.#options;
    let chosen = true;
    for (const tally of this.#conditions) if (!tally.add(exactField(row, tally.condition.field))) chosen = false;
    if (!rows) return chosen;
    const id = rows.ids.size > 0 ? exactField(row, "id") : undefined;
    const listed = isListed(rows, row.index, id);
    if (listed && rows.ids.size > 0) this.#foundIds.add(asText(id) ?? "");
    return chosen && listed;
  }

  #missing({ where }: StoredRow): UserError {
    const { place } = this.#options;
    const what = place.replace !== undefined ? "sentence" : "slot";
    const text = place.replace ?? (isSlot(place.placement) ? slotOf(place.placement) : "");
    return new UserError(
      `${where}: expected the ${what} ${JSON.stringify(text)} in the user's text, found none; ` +
        "put it there, choose other rows, or leave such rows out with --skip-missing",
    );
  }

  /** After the last row. @throws UserError where a condition or list matched nothing, so that no row got a prompt */
  finish(): void {
    const { rows } = this.#options;
    for (const tally of this.#conditions) tally.expectMet(this.#name, this.rows);
    if (rows) this.#expectFound(rows);
    if (this.inoculated > 0) return;
    const why = this.skipped > 0 ? `none of the ${this.skipped} chosen has the place for it` : "none was chosen";
    throw new UserError(`${this.#name}: not one of ${this.rows} rows gets the prompt: ${why}; check what chooses them`);
  }

  #expectFound({ name, numbers, ids }: RowList): void {
    const beyond = [...numbers].filter((number) => number > this.rows);
    if (beyond.length > 0) {
      throw new UserError(`${name}: row ${beyond[0]} is not there: ${this.#name} has ${this.rows} rows`);
    }
    const lost = [...ids].filter((id) => !this.#foundIds.has(id));
    if (lost.length === 0) return;
    throw new UserError(
      `${name}: ${lost.length} of ${ids.size} ids are in no row's "id", first ${JSON.stringify(lost[0])}`,
    );
  }
}

/** A field's value, with all digits where JavaScript would round it. */
function exactField(row: StoredRow, path: string): unknown {
  const value = fieldOf(row.fields, path);
  if (typeof value !== "number" || Math.abs(value) <= Number.MAX_SAFE_INTEGER) return value;
  return fieldOf(row.text === undefined ? row.exact?.() : parseExact(row.text), path) ?? value;
}
