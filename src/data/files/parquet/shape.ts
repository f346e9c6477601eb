import type { Lose } from "../layout.ts";
import { RawJson } from "../rawJson.ts";
import { sameNumber } from "../sameNumber.ts";
import type { ColumnType } from "./columnTypes.ts";

type Kind = ColumnType["kind"];

const kindNames: Readonly<Record<Kind, string>> = {
  boolean: "true or false",
  integer: "whole numbers",
  number: "numbers",
  text: "text",
  list: "lists",
  object: "objects",
};

/** The most fields that objects in one place may have between them: each becomes a column. */
const mostMembers = 256;
const int64 = 2n ** 63n;

/** Tells what is lost at a row, or at several. */
export interface ShapeLosses {
  lose: Lose;
  whereOf(row: number): string;
  /** Paths at which null means that there is no such field. */
  absent: string[][];
}

/** All values that rows have in one place. */
export class Shape {
  readonly #path: readonly string[];
  /** The kinds that were seen, and in which row first. */
  readonly #kinds = new Map<Kind, number>();
  #values = 0;
  #firstNull: number | undefined;
  /** The first row in which an object has no such field. */
  #firstAbsent: number | undefined;
  #absent = 0;
  /** The first whole number that a double cannot hold. */
  #firstLarge: number | undefined;
  #element: Shape | undefined;
  readonly #members = new Map<string, Shape>();

  constructor(path: readonly string[]) {
    this.#path = path;
  }

  get hasMembers(): boolean {
    return this.#members.size > 0;
  }

  add(value: unknown, row: number, losses: ShapeLosses): void {
    this.#values += 1;
    if (value === null) {
      this.#firstNull ??= row;
      return;
    }
    const kind = this.#kindOf(value, row, losses);
    if (!this.#kinds.has(kind)) this.#kinds.set(kind, row);
    if (kind === "list") {
      this.#element ??= new Shape([...this.#path, "[]"]);
      for (const item of value as unknown[]) this.#element.add(item ?? null, row, losses);
    } else if (kind === "object") {
      this.addMembers(value as Record<string, unknown>, row, losses);
    }
  }

  addMembers(fields: Readonly<Record<string, unknown>>, row: number, losses: ShapeLosses): void {
    const before = this.#objects++;
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      let member = this.#members.get(name);
      if (!member) {
        member = new Shape([...this.#path, name]);
        if (before > 0) member.#lacks(this.#firstObject as number, before);
        this.#members.set(name, member);
      }
      member.add(value, row, losses);
    }
    this.#firstObject ??= row;
    for (const [name, member] of this.#members) {
      if (!Object.hasOwn(fields, name) || fields[name] === undefined) member.#lacks(row, 1);
    }
  }
  #objects = 0;
  #firstObject: number | undefined;

  #lacks(row: number, count: number): void {
    this.#firstAbsent ??= row;
    this.#absent += count;
  }

  #kindOf(value: unknown, row: number, losses: ShapeLosses): Kind {
    if (typeof value === "boolean") return "boolean";
    if (typeof value === "string") {
      if (/\p{Surrogate}/u.test(value)) {
        this.#lose(losses, row, "the text holds half a character, which UTF-8 cannot hold");
      }
      return "text";
    }
    if (typeof value === "number") return Number.isSafeInteger(value) ? "integer" : "number";
    if (value instanceof RawJson) {
      if (/^-?\d+$/.test(value.text) && value.text !== "-0") {
        const integer = BigInt(value.text);
        if (integer >= -int64 && integer < int64) {
          this.#firstLarge ??= row;
          return "integer";
        }
      }
      const exact = sameNumber(value.text, String(Number(value.text)));
      if (!exact) {
        this.#lose(losses, row, `the number ${value.text} has more digits than a column of numbers holds`);
      }
      return "number";
    }
    return Array.isArray(value) ? "list" : "object";
  }

  /** The column's type, once all rows were seen. */
  type(losses: ShapeLosses): ColumnType {
    this.#settleNulls(losses);
    const kinds = [...this.#kinds.keys()];
    const numbers = kinds.length === 2 && this.#kinds.has("integer") && this.#kinds.has("number");
    const [kind = "text", other] = kinds;
    if (numbers) {
      const why = "a whole number too large for a column that holds fractions as well";
      if (this.#firstLarge !== undefined) this.#lose(losses, this.#firstLarge, why);
      return { kind: "number" };
    }
    if (other !== undefined) {
      const why = `a column has one type, and this one would hold ${kindNames[kind]} and ${kindNames[other]}`;
      this.#lose(losses, this.#kinds.get(other) as number, why);
      return { kind: "text", json: true };
    }
    if (kind === "list") return { kind, element: this.#element?.type(losses) ?? { kind: "text", json: false } };
    if (kind !== "object") return kind === "text" ? { kind, json: false } : { kind };
    return this.#objectType(losses);
  }

  #objectType(losses: ShapeLosses): ColumnType {
    const first = this.#kinds.get("object") as number;
    const count = this.#members.size;
    if (count === 0 || count > mostMembers) {
      const why = count === 0 ? "an object without fields has no columns" : `its ${count} fields are too many columns`;
      this.#lose(losses, first, why);
      return { kind: "text", json: true };
    }
    return { kind: "object", members: this.memberTypes(losses) };
  }

  memberTypes(losses: ShapeLosses): Map<string, ColumnType> {
    return new Map([...this.#members].map(([name, member]) => [name, member.type(losses)]));
  }

  #settleNulls(losses: ShapeLosses): void {
    if (this.#firstAbsent === undefined) return;
    if (this.#firstNull === undefined) {
      losses.absent.push([...this.#path]);
      return;
    }
    const where = losses.whereOf(this.#firstNull);
    const why = `the field is null in some rows, and absent in others (${where}), and a column has one of both`;
    losses.lose({ where: losses.whereOf(this.#firstAbsent), field: this.#field(), why, rows: this.#absent });
  }

  #field(): string {
    return this.#path.map((name) => (name === "[]" ? "*" : name)).join(".");
  }

  #lose({ lose, whereOf }: ShapeLosses, row: number, why: string): void {
    lose({ where: whereOf(row), field: this.#field(), why });
  }
}
