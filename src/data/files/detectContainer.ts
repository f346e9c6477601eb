import { UserError } from "../../util/errors.ts";
import type { ContainerId } from "./dataRow.ts";
import { isSpace, markBytes } from "./json/rowBlocks.ts";
import type { OpenSource } from "./openSource.ts";

const names: readonly (readonly [RegExp, ContainerId])[] = [
  [/\.(jsonl|ndjson|json)$/i, "jsonl"],
  [/\.csv$/i, "csv"],
  [/\.(tsv|tab)$/i, "tsv"],
  [/\.parquet$/i, "parquet"],
];

/** The container that a file's name promises; `json` for lines too, since both go by that name. */
export function containerByName(file: string): ContainerId | null {
  const plain = file.replace(/\.(gz|zst)$/i, "");
  return names.find(([pattern]) => pattern.test(plain))?.[1] ?? null;
}

/**
 * How a source stores its rows: judged by its first bytes, and by its name only where they leave it open.
 *
 * @throws UserError where it is none of the known ones, and for a Parquet file that is packed or comes as a stream
 */
export function detectContainer({ name, head, file }: OpenSource): ContainerId {
  if (Buffer.from(head.subarray(0, 4)).toString("latin1") === "PAR1") {
    if (file !== undefined) return "parquet";
    throw new UserError(`${name}: a Parquet file must be read from a plain file; unpack it or store it in one first`);
  }
  let at = markBytes(head);
  while (at < head.length && isSpace(head[at])) at += 1;
  const rest = Buffer.from(head.subarray(at)).toString("utf8");
  if (rest === "" && head.length < 1 << 16) throw new UserError(`${name}: expected rows, found no line at all`);
  if (rest.startsWith("[")) return "json";
  if (/^\{\s*(["}]|$)/.test(rest)) return "jsonl";
  const named = containerByName(name);
  if (named === "parquet") throw new UserError(`${name}: expected a Parquet file, but it doesn't begin with "PAR1"`);
  return named ?? tableOf(rest, name);
}

/** Which character parts the columns of the first line. */
function tableOf(text: string, name: string): ContainerId {
  const [line = ""] = text.replace(/"[^"]*"/g, "").split(/\r|\n/, 1);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they tell text from other data
  if (!/[\u0000-\u0008\u000e-\u001f]/.test(line)) {
    const [tabs, commas] = [line.split("\t").length - 1, line.split(",").length - 1];
    if (tabs > 0 && tabs >= commas) return "tsv";
    if (commas > 0) return "csv";
  }
  throw new UserError(
    `${name}: expected JSON lines, a JSON list of objects, a CSV or TSV table with a line of names, or Parquet; ` +
      "the first bytes are none of these",
  );
}
