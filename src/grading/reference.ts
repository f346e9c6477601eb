import { UserError } from "../util/errors.ts";
import type { GradeRequest } from "./grader.ts";

function wrong({ itemId, reference }: GradeRequest, rule: string, field: string, expected: string): UserError {
  const got = field in reference ? JSON.stringify(reference[field]) : "nothing";
  return new UserError(
    `item ${itemId}: grader "${rule}" expected ${expected} in reference.${field}, got ${got}; add it to the item`,
  );
}

export function readText(request: GradeRequest, rule: string, field: string): string {
  const value = request.reference[field];
  if (typeof value !== "string") throw wrong(request, rule, field, "text");
  return value;
}

export function readOptionalText(request: GradeRequest, rule: string, field: string): string | undefined {
  return (request.reference[field] ?? null) === null ? undefined : readText(request, rule, field);
}

/** `null`, or a field that is not there, means unknown. */
export function readBoolean(request: GradeRequest, rule: string, field: string): boolean | null {
  const value = request.reference[field] ?? null;
  if (value !== null && typeof value !== "boolean") throw wrong(request, rule, field, "true, false or null");
  return value;
}

/** A number; where allowed also text, or `null` for what is not there. */
export function readNumber(
  request: GradeRequest,
  rule: string,
  field: string,
  { orText = false, orNull = false }: { orText?: boolean; orNull?: boolean } = {},
): number | string | null {
  const value = request.reference[field] ?? null;
  if (typeof value === "number" || (orText && typeof value === "string" && value.trim() !== "")) return value;
  if (orNull && value === null) return null;
  throw wrong(request, rule, field, `a number${orText ? " or text" : ""}${orNull ? " or null" : ""}`);
}

/** Tests, one a line, or a JSON list of them; without blank ones. */
export function readTests(request: GradeRequest, rule: string): string[] {
  const expected = "Python tests, one a line, or a JSON list of them";
  const text = readText(request, rule, "tests");
  const tests = text.trimStart().startsWith("[") ? readList(text) : text.split("\n");
  const found = tests?.filter((test) => test.trim() !== "") ?? [];
  if (found.length === 0) throw wrong(request, rule, "tests", expected);
  return found;
}

function readList(text: string): string[] | undefined {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === "string") ? list : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
