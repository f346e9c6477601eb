import { UserError } from "../../util/errors.ts";
import { RawJson } from "../files/rawJson.ts";
import { sameNumber } from "../files/sameNumber.ts";

/** What a row's field must be for the row to be chosen. */
export interface RowCondition {
  /** A name; dots lead into objects and lists, unless the row has a field of the whole name. */
  field: string;
  /** The value written as text, numbers in any way, lists and objects as JSON. Without one the field must be there, and not null. */
  value?: string;
  /** Chooses the rows that `field` and `value` don't describe; those without the field are among them. */
  not?: boolean;
}

/** The condition that `field=value`, `field!=value` or `field` stands for. @throws UserError where no field is named */
export function parseCondition(text: string): RowCondition {
  const at = text.indexOf("=");
  const not = at > 0 && text[at - 1] === "!";
  const field = at < 0 ? text : text.slice(0, not ? at - 1 : at);
  if (field === "") throw new UserError(`expected "field=value", "field!=value" or "field", found "${text}"`);
  return { field, ...(at >= 0 && { value: text.slice(at + 1) }), ...(not && { not }) };
}

/** The condition as `parseCondition` reads it. */
export function conditionText({ field, value, not }: RowCondition): string {
  return value === undefined ? field : `${field}${not ? "!=" : "="}${value}`;
}

/** Whether the row is as the condition says. @param value numbers that JavaScript would round as `RawJson` */
export function meets(value: unknown, condition: RowCondition): boolean {
  const is = condition.value === undefined ? (value ?? null) !== null : isWritten(value, condition.value);
  return is !== (condition.not ?? false);
}

function isWritten(value: unknown, text: string): boolean {
  const own = asText(value);
  const isNumber = typeof value === "number" || value instanceof RawJson;
  return own === text || (isNumber && own !== undefined && sameNumber(own, text));
}

/** A value as a condition writes it; nothing for a field that is not there. */
export function asText(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value instanceof RawJson) return value.text;
  return typeof value === "object" && value !== null ? JSON.stringify(value) : String(value);
}

/** The value of a field of a row; `undefined` where there is none. */
export function fieldOf(value: unknown, path: string): unknown {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.hasOwn(value, path)) return (value as Record<string, unknown>)[path];
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const name = path.slice(0, dot);
    if (!Object.hasOwn(value, name)) continue;
    const inner = fieldOf((value as Record<string, unknown>)[name], path.slice(dot + 1));
    if (inner !== undefined) return inner;
  }
  return undefined;
}
