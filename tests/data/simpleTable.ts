/**
 * The rows of a table in the plainest way, to compare with; `null` for one that is broken.
 *
 * @param strict refuses quotes within cells that don't begin with one, which most readers take as they are
 */
export function simpleTable(text: string, delimiter: string, strict: boolean): Record<string, string>[] | null {
  const records = recordsOf(text.replace(/^\uFEFF/, ""), delimiter, strict);
  const [names, ...rows] = records?.filter((cells) => cells.length > 1 || cells[0] !== "") ?? [];
  if (!names || new Set(names).size < names.length || rows.some(({ length }) => length !== names.length)) return null;
  return rows.map((cells) => Object.fromEntries(names.map((name, i) => [name, cells[i] as string])));
}

function recordsOf(text: string, delimiter: string, strict: boolean): string[][] | null {
  const records: string[][] = [[]];
  for (let at = 0; ; ) {
    const isQuoted = text[at] === '"';
    const rest = text.slice(at);
    const found = isQuoted ? /^"((?:[^"]|"")*)"/.exec(rest) : new RegExp(`^[^${delimiter}\r\n]*`).exec(rest);
    if (!found) return null;
    if (!isQuoted && strict && found[0].includes('"')) return null;
    records.at(-1)?.push(isQuoted ? (found[1] as string).replaceAll('""', '"') : found[0]);
    at += found[0].length;
    if (at === text.length) return records;
    const end = text[at] === delimiter ? delimiter : /^\r?\n/.exec(text.slice(at))?.[0];
    if (end === undefined) return null;
    if (end !== delimiter) records.push([]);
    at += end.length;
  }
}
