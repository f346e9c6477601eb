import type { StoredRow } from "../container.ts";
import type { FormScan, RowForm } from "../json/formScan.ts";
import { isJson, stringifyRaw } from "../rawJson.ts";

type Fields = Record<string, unknown>;

/** A row of a Parquet file; its values are read when they are asked for. */
export class ParquetRow implements StoredRow {
  readonly index: number;
  readonly where: string;
  readonly #read: (exact: boolean) => Fields;
  #fields: Fields | undefined;
  #exact: Fields | undefined;

  /** @param read the fields, with all digits of numbers or without */
  constructor(index: number, where: string, read: (exact: boolean) => Fields) {
    this.index = index;
    this.where = where;
    this.#read = read;
  }

  get fields(): Fields {
    this.#fields ??= this.#read(false);
    return this.#fields;
  }

  readonly exact = (): Fields => {
    this.#exact ??= this.#read(true);
    return this.#exact;
  };

  /** @throws UserError where a value is broken, whether or not anyone has asked for it */
  expectSound(): void {
    if (!this.#exact) void this.fields;
  }

  form(scan: FormScan): RowForm | null {
    const fields = this.exact();
    if (!isJson(fields)) return null;
    const json = Buffer.from(stringifyRaw(fields));
    return scan.formOf(json, 0, json.length);
  }
}
