type Fields = Readonly<Record<string, unknown>>;

/** What rows that don't say what is to be learnt may be, and what to do about them. */
const kinds: readonly (readonly [is: (fields: Fields) => boolean, advice: string])[] = [
  [
    (fields) => has(fields, "chosen", "rejected") || has(fields, "preferred_output", "non_preferred_output"),
    "these are preference pairs; the rows that supervised fine-tuning takes hold one reply, so keep the preferred one",
  ],
  [
    (fields) => Object.keys(fields).length === 1 && Object.values(fields).some(isListOfObjects),
    "this is an object around the rows; write the list alone, or one row a line",
  ],
  [
    (fields) => Object.keys(fields).length === 1 && Object.keys(fields).some((name) => name.includes(";")),
    "the columns seem to be parted by semicolons; save the table with commas or tabs",
  ],
  [
    (fields) => Object.keys(fields).length === 1 && typeof fields.text === "string",
    '"text" is one text; part it into prompt and completion, or into messages',
  ],
];

/** What else the rows may be; nothing where that is not known. */
export function adviceOn(fields: Fields): string | undefined {
  return kinds.find(([is]) => is(fields))?.[1];
}

function has(fields: Fields, ...names: string[]): boolean {
  return names.every((name) => fields[name] !== undefined);
}

function isListOfObjects(value: unknown): boolean {
  return Array.isArray(value) && typeof value[0] === "object" && value[0] !== null;
}
