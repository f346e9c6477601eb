import { RawJson } from "../files/rawJson.ts";
import { sameNumber } from "../files/sameNumber.ts";

/** A place in which two values differ. */
export interface Difference {
  /** Names and indices with dots between. */
  path: string;
  before: unknown;
  /** Undefined where nothing is left. */
  after: unknown;
}

/** Where two JSON values differ, numbers with all their digits; the order of fields does not count. */
export function differences(before: unknown, after: unknown, path = ""): Difference[] {
  if (before === after || sameNumbers(before, after)) return [];
  if (Array.isArray(before) && Array.isArray(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, i) => differences(before[i], after[i], join(path, i))).flat();
  }
  if (isPlain(before) && isPlain(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => differences(own(before, name), own(after, name), join(path, name)));
  }
  return [{ path, before, after }];
}

function sameNumbers(a: unknown, b: unknown): boolean {
  const texts = [a, b].map((value) => (value instanceof RawJson ? value.text : numberText(value)));
  const [first, second] = texts;
  return first !== undefined && second !== undefined && sameNumber(first, second);
}

function numberText(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : undefined;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof RawJson);
}

function own(fields: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function join(path: string, step: string | number): string {
  return path === "" ? String(step) : `${path}.${step}`;
}
