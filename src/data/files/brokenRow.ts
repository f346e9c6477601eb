import { UserError } from "../../util/errors.ts";

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
