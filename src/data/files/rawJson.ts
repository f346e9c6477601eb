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
  if (value instanceof RawJson) return value.text;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value))
    return `[${value.map((item) => (item === undefined ? "null" : stringifyRaw(item))).join(",")}]`;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${stringifyRaw(field)}`).join(",")}}`;
}
