import type { Lose } from "../files/layout.ts";
import { isJson, RawJson } from "../files/rawJson.ts";

/** The value in terms of JSON: bytes, and numbers that are none, are lost. */
export function jsonValue(value: unknown, field: string, where: string, lose: Lose): unknown {
  return isJson(value) ? value : asJson(value, field, where, lose);
}

function asJson(value: unknown, field: string, where: string, lose: Lose): unknown {
  if (value instanceof Uint8Array) {
    lose({ where, field, why: "bytes that are no text become text in base64" });
    return Buffer.from(value).toString("base64");
  }
  if (typeof value === "number" && !Number.isFinite(value)) {
    lose({ where, field, why: `${value} is no number in JSON and becomes null` });
    return null;
  }
  if (typeof value !== "object" || value === null || value instanceof RawJson) return value;
  if (Array.isArray(value)) return value.map((item, i) => asJson(item, `${field}.${i}`, where, lose));
  const entries = Object.entries(value).map(([name, inner]): [string, unknown] => [
    name,
    asJson(inner, field === "" ? name : `${field}.${name}`, where, lose),
  ]);
  return Object.fromEntries(entries);
}
