import type { SchemaElement } from "hyparquet";
import { RawJson, stringifyRaw } from "../rawJson.ts";

/** Our files say under this name at which paths null means that there is no such field: a JSON list of paths. */
export const absentKey = "inoculate.absent";

/** The type of a column or of what lies within one. */
export type ColumnType =
  | { kind: "boolean" | "integer" | "number" }
  /** @param json whether values that are no text are stored as their JSON */
  | { kind: "text"; json: boolean }
  | { kind: "list"; element: ColumnType }
  | { kind: "object"; members: ReadonlyMap<string, ColumnType> };

/** The elements of a schema for a column, the column first. */
export function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  const own = { name, repetition_type: "OPTIONAL" } as const;
  switch (type.kind) {
    case "boolean":
      return [{ ...own, type: "BOOLEAN" }];
    case "integer":
      return [{ ...own, type: "INT64" }];
    case "number":
      return [{ ...own, type: "DOUBLE" }];
    case "text":
      return [{ ...own, type: "BYTE_ARRAY", converted_type: "UTF8", logical_type: { type: "STRING" } }];
    case "list":
      return [
        { ...own, num_children: 1, converted_type: "LIST", logical_type: { type: "LIST" } },
        { name: "list", repetition_type: "REPEATED", num_children: 1 },
        ...schemaOf("element", type.element),
      ];
    case "object": {
      const members = [...type.members].flatMap(([member, inner]) => schemaOf(member, inner));
      return [{ ...own, num_children: type.members.size }, ...members];
    }
  }
}

/** A value as the column stores it. */
export function storedValue(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return undefined;
  switch (type.kind) {
    case "boolean":
      return value;
    case "integer":
      return value instanceof RawJson ? BigInt(value.text) : BigInt(value as number);
    case "number":
      return Number(value instanceof RawJson ? value.text : value);
    case "text":
      return typeof value === "string" ? value : stringifyRaw(value);
    case "list":
      return (value as unknown[]).map((item) => storedValue(item, type.element));
    case "object": {
      const fields = value as Record<string, unknown>;
      const own = (name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
      return Object.fromEntries([...type.members].map(([name, inner]) => [name, storedValue(own(name), inner)]));
    }
  }
}
