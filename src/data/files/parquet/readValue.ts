import type { SchemaElement, SchemaTree } from "hyparquet";
import { UserError } from "../../../util/errors.ts";
import { RawJson } from "../rawJson.ts";
import { dateTimeText, timeText, unscaledText } from "./numberTexts.ts";

/** How values are read: whether integers and decimals keep all digits, and where they stand. */
export interface Reading {
  exact: boolean;
  where: string;
  /** Paths at which null means that there is no such field, joined by `pathKey`. */
  absent: ReadonlySet<string> | undefined;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Name of a path among those where null means absent; the elements of a list go by `[]`. */
export function pathKey(path: readonly string[]): string {
  return JSON.stringify(path);
}

/**
 * What a physical value means: texts, numbers, lists and objects as in JSON; dates and times as text in ISO 8601, bytes
 * that are no text as `Uint8Array`.
 *
 * @param path names that lead to it
 */
export function readValue(value: unknown, tree: SchemaTree, path: readonly string[], reading: Reading): unknown {
  if (value === null || value === undefined) return null;
  const { element, children } = tree;
  if (children.length === 0) {
    // A repeated field outside of a list is a list of its own.
    if (Array.isArray(value)) return value.map((item) => readLeaf(item, element, path, reading));
    return readLeaf(value, element, path, reading);
  }
  if (isList(tree)) {
    const inner = elementOf(tree);
    return (value as unknown[]).map((item) => readValue(item, inner, [...path, "[]"], reading));
  }
  if (element.converted_type === "MAP") {
    const inner = tree.children[0]?.children[1];
    return fieldsOf(
      Object.entries(value),
      () => inner,
      path,
      reading,
      () => false,
    );
  }
  if (Array.isArray(value)) return value.map((item) => readStruct(item, tree, [...path, "[]"], reading));
  return readStruct(value, tree, path, reading);
}

function readStruct(value: unknown, { children }: SchemaTree, path: readonly string[], reading: Reading): unknown {
  const members = value as Record<string, unknown>;
  const entries = children.map(({ element }): [string, unknown] => [element.name, members[element.name]]);
  // In files of others a null within an object is what JSON leaves out.
  const leavesOut = (name: string): boolean => reading.absent?.has(pathKey([...path, name])) ?? true;
  return fieldsOf(entries, (i) => children[i], path, reading, leavesOut);
}

function fieldsOf(
  entries: readonly (readonly [string, unknown])[],
  typeOf: (index: number) => SchemaTree | undefined,
  path: readonly string[],
  reading: Reading,
  leavesOut: (name: string) => boolean,
): Record<string, unknown> {
  return Object.fromEntries(
    entries.flatMap(([name, value], i): [string, unknown][] => {
      const type = typeOf(i);
      const read = type ? readValue(value, type, [...path, name], reading) : value;
      return read === null && leavesOut(name) ? [] : [[name, read]];
    }),
  );
}

/** Whether the group is a list of one of the shapes that writers use. */
export function isList({ element, children }: SchemaTree): boolean {
  const [inner] = children;
  return (
    element.converted_type === "LIST" &&
    children.length === 1 &&
    inner?.element.repetition_type === "REPEATED" &&
    inner.children.length <= 1
  );
}

/** The type of a list's elements. */
export function elementOf({ children: [inner] }: SchemaTree): SchemaTree {
  return (inner?.children[0] ?? inner) as SchemaTree;
}

function readLeaf(value: unknown, element: SchemaElement, path: readonly string[], reading: Reading): unknown {
  if (value === null || value === undefined) return null;
  const logical = element.logical_type;
  const decimal = logical?.type === "DECIMAL" || element.converted_type === "DECIMAL";
  if (decimal) return number(unscaledText(value as number | bigint | Uint8Array, element.scale ?? 0), reading.exact);
  const time = dateTimeText(value, element) ?? timeText(value, element);
  if (time !== undefined) return time;
  if (value instanceof Uint8Array) return readBytes(value, element, path, reading);
  if (typeof value === "bigint") return integer(value, element, reading.exact);
  if (element.type === "INT32" && isUnsigned(element)) return (value as number) >>> 0;
  return value;
}

function integer(value: bigint, element: SchemaElement, exact: boolean): unknown {
  return number(String(isUnsigned(element) ? BigInt.asUintN(64, value) : value), exact);
}

/** @param exact whether a number that would be rounded is kept as it is written */
function number(text: string, exact: boolean): unknown {
  const rounded = Number(text);
  const isSafe = Number.isInteger(rounded) ? Number.isSafeInteger(rounded) : String(rounded) === text;
  return isSafe || !exact ? rounded : new RawJson(text);
}

function isUnsigned({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted?.startsWith("UINT_") || (logical?.type === "INTEGER" && !logical.isSigned);
}

function readBytes(bytes: Uint8Array, element: SchemaElement, path: readonly string[], { where }: Reading): unknown {
  const { type, type_length: length } = element;
  if (element.logical_type?.type === "FLOAT16") return halfFloat(bytes);
  if (element.logical_type?.type === "UUID" && length === 16) {
    return Buffer.from(bytes)
      .toString("hex")
      .replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  }
  if (type !== "BYTE_ARRAY") return bytes;
  try {
    return utf8.decode(bytes);
  } catch {
    // Without a promise to be text it is bytes.
    if (element.converted_type === undefined && element.logical_type === undefined) return bytes;
    throw new UserError(`${where}: ${path.join(".")}: expected text in UTF-8, found other bytes`);
  }
}

function halfFloat(bytes: Uint8Array): number {
  const bits = ((bytes[1] as number) << 8) | (bytes[0] as number);
  const sign = bits >> 15 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * 2 ** -24 * fraction;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * 2 ** (exponent - 15) * (1 + fraction / 1024);
}
