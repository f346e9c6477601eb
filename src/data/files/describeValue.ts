/** What a value is, in a word or two, for messages about what was found. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "string") return value === "" ? "empty text" : `the text ${shortened(value)}`;
  if (typeof value === "object") return `an object with ${Object.keys(value).join(", ") || "no fields"}`;
  return `${typeof value} ${String(value)}`;
}

function shortened(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
