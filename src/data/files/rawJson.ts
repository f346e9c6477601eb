/** JSON that is written as it stands: what `JSON.parse` would change, big integers say, keeps its digits. */
export class RawJson {
  readonly text: string;

  /** @param text one JSON value; nothing checks it again */
  constructor(text: string) {
    this.text = text;
  }
}

/** `JSON.stringify` for a value that may itself be, or hold as its own fields or elements at any depth, `RawJson`. */
export function stringifyRaw(value: unknown): string {
  if (!holdsRaw(value)) return JSON.stringify(value);
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value))
    return `[${value.map((item) => (item === undefined ? "null" : stringifyRaw(item))).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${stringifyRaw(field)}`).join(",")}}`;
}

function holdsRaw(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof RawJson) return true;
  return Array.isArray(value) ? value.some(holdsRaw) : Object.values(value).some(holdsRaw);
}

/** Whether JSON can hold the value: no bytes, and no number that is none. */
export function isJson(value: unknown): boolean {
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || value === null || value instanceof RawJson) return true;
  if (value instanceof Uint8Array) return false;
  return Array.isArray(value) ? value.every(isJson) : Object.values(value).every(isJson);
}

/** The same JSON without line ends between its values: one row a line. */
export function withoutLineEnds(json: string): string {
  return json.replace(/[ \t]*[\r\n]+[ \t]*/g, "");
}
