import { UserError } from "../../util/errors.ts";
import type { StoredRow } from "./container.ts";

/** What keeps one row from being read: its letters, its JSON, or the number of its cells. */
export type RowBreak = "encoding" | "json" | "cells";

/** A row is broken, and the rows after it are where they should be. */
export class BrokenRowError extends UserError {
  readonly kind: RowBreak;

  /** @param where `file:line` */
  constructor(where: string, kind: RowBreak, detail: string) {
    super(`${where}: ${detail}`);
    this.kind = kind;
  }
}

/** What a reader does about a row that alone is broken: it throws, or gives a row that throws when asked for fields. */
export type OnBroken = "throw" | "give";

/** The row that is read, or what is to be given in its place. */
export function readOrBroken(index: number, where: string, onBroken: OnBroken, read: () => StoredRow): StoredRow {
  if (onBroken === "throw") return read();
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BrokenRowError)) throw error;
    return {
      index,
      where,
      get fields(): never {
        throw error;
      },
    };
  }
}
