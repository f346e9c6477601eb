import type { ChangedRow } from "../data/apply/changedRow.ts";

const longest = 400;

/** A row that changes in a few lines: what was there, and what will be. */
export function changeLines({ where, changes }: ChangedRow): string[] {
  return [
    where,
    ...changes.flatMap(({ field, before, after }) => [
      ...(before === undefined ? [] : [`  - ${field}: ${shown(before)}`]),
      `  + ${field}: ${shown(after)}`,
    ]),
    "",
  ];
}

/** On one line, without what could steer a terminal; the middle of a long text is left out. */
function shown(text: string): string {
  const half = longest / 2;
  const short = text.length <= longest ? text : `${text.slice(0, half)} [...] ${text.slice(-half)}`;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
