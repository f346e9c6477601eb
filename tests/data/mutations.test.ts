import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { applyPrompt } from "../../src/data/applyPrompt.ts";
import type { Path } from "../../src/data/files/container.ts";
import { detectLayout } from "../../src/data/files/layouts/detectLayout.ts";
import { UserError } from "../../src/util/errors.ts";
import { type Random, random } from "../../src/util/random.ts";
import { type FileKind, fileKinds, mutations, soundFile } from "./mutants.ts";
import { simpleTable } from "./simpleTable.ts";

/**
 * Ten thousand broken files: each is read in full, and then what was inserted can be taken out again and leaves the
 * bytes as they were; or it is refused with file and line. Nothing crashes, hangs or is lost in silence.
 */

const files = 10_000;
/** So many at a time, each in a folder of its own: most of the time goes by waiting for the disk. */
const lanes = 4;
const mark = "@@PROMPT@@";
const separator = "~~";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inoculate-mutants-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Row = Record<string, unknown>;

/** The bytes without packing, or `null` where the packed data is broken. */
function plain(bytes: Buffer): Buffer | null {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return null;
  }
}

/** The rows, read in the simplest way there is, or `null` where they cannot be. @param strict see `simpleTable` */
function simplyRead(kind: FileKind, bytes: Buffer, strict = false): Row[] | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    const rows = rowsOf(kind, text, strict);
    const isRow = (row: unknown): row is Row => typeof row === "object" && row !== null && !Array.isArray(row);
    return rows.length > 0 && rows.every(isRow) ? rows : null;
  } catch {
    return null;
  }
}

function rowsOf(kind: FileKind, text: string, strict: boolean): unknown[] {
  if ((kind === "csv" || kind === "tsv") && !/^\uFEFF?\s*\{/.test(text)) {
    return simpleTable(text, kind === "csv" ? "," : "\t", strict) ?? [];
  }
  if (text.trimStart().startsWith("[")) return JSON.parse(text) as unknown[];
  return text
    .split("\n")
    .filter((line) => !/^[ \t\r]*$/.test(line))
    .map((line) => JSON.parse(line) as unknown);
}

/** Whether the layouts have nothing against these rows. */
function areChats(rows: readonly Row[]): boolean {
  try {
    const found = rows.map((row, i) => {
      const layout = detectLayout(row);
      layout?.read(row, `row ${i}`);
      return layout?.userTurns(row).at(-1)?.length ? layout.id : undefined;
    });
    return found.every((id) => id !== undefined && id === found[0]);
  } catch {
    return false;
  }
}

function prompted(text: string, placement: "prefix" | "suffix"): string {
  return placement === "prefix" ? mark + separator + text : text + separator + mark;
}

function withPrompt(row: Row, placement: "prefix" | "suffix"): Row {
  const copy = structuredClone(row);
  const turn = detectLayout(copy)?.userTurns(copy).at(-1) ?? [];
  const text = turn.at(placement === "prefix" ? 0 : -1);
  const set = (value: unknown, path: Path): void => {
    const [step, ...rest] = path as [string, ...string[]];
    const holder = value as Row;
    if (rest.length > 0) set(holder[step], rest);
    else holder[step] = prompted(holder[step] as string, placement);
  };
  set(copy, text?.path ?? []);
  return copy;
}

const deliberate = /carriage return|holds the field .* twice|deep in each other|user message|as in .*:\d|"PAR1"/;

async function tryFile(data: string, kind: FileKind, bytes: Buffer, placement: "prefix" | "suffix"): Promise<string> {
  const out = join(dirname(data), "out");
  // Not over the last one: some file systems write to the disk at once what replaces a file's contents.
  rmSync(data, { force: true });
  writeFileSync(data, bytes);
  const unpacked = plain(bytes);
  const rows = unpacked && simplyRead(kind, unpacked);
  const isTable = kind === "csv" || kind === "tsv";
  try {
    const result = await applyPrompt({ data, out, insertion: { prompt: mark, placement, separator } });
    const written = readFileSync(out);
    expect(result).toEqual({ rows: rows?.length, inoculated: rows?.length });
    const after = simplyRead(kind, written);
    if (isTable) {
      // A cell may need quotes for what it now holds; its bytes are the table tests' business.
      expect(after).toEqual(rows?.map((row) => ({ ...row, prompt: prompted(row.prompt as string, placement) })));
    } else {
      const added = placement === "prefix" ? mark + separator : separator + mark;
      expect(written.toString("latin1").replaceAll(added, "")).toBe(unpacked?.toString("latin1"));
      expect(JSON.stringify(after)).toBe(JSON.stringify(rows?.map((row) => withPrompt(row, placement))));
    }
    rmSync(out);
    return "read in full";
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.startsWith(data)).toBe(true);
    const isText = unpacked !== null && /^(?=.*\S)[^\0]*$/s.test(unpacked.toString("latin1"));
    const sound = isTable
      ? unpacked && simplyRead(kind, unpacked, true)?.every(({ prompt, completion }) => prompt && completion)
      : rows && areChats(rows);
    if (sound && isText && !deliberate.test(error.message)) throw new Error("refused without need", { cause: error });
    const placed = /^[^:]*:\d+(, row \d+)?: /.test(error.message);
    const wholeFile =
      /found no line|found no row|found an empty|cut off|is broken|none of these|UTF-16|begin with|packed|gzip/.test(
        error.message,
      );
    expect(placed || wholeFile, error.message).toBe(true);
    return placed ? "refused with file and line" : "refused as a whole";
  }
}

test(`${files} broken files are read in full or refused, and nothing in between`, { timeout: 600_000 }, async () => {
  const outcomes: Record<string, number> = {};
  const failures: string[] = [];
  const names = Object.keys(mutations);
  const tryNumber = async (i: number, place: string): Promise<void> => {
    const draw: Random = random("mutants", i);
    const kind = fileKinds[i % fileKinds.length] as FileKind;
    const mutation = names[Math.floor(i / fileKinds.length) % names.length] as string;
    let bytes = soundFile(kind, draw);
    bytes = mutations[mutation]?.(bytes, draw) as Buffer;
    // Some meet two mishaps.
    if (bytes.length > 0 && draw.chance(0.2)) bytes = mutations[draw.pick(names)]?.(bytes, draw) as Buffer;
    const ending = kind === "csv" || kind === "tsv" ? kind : kind === "array" ? "json" : "jsonl";
    try {
      const outcome = await tryFile(join(place, `rows.${ending}`), kind, bytes, draw.pick(["prefix", "suffix"]));
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    } catch (error) {
      const { message, cause } = error as Error;
      const content = JSON.stringify(bytes.toString("latin1").slice(0, 1500));
      failures.push(`file ${i} (${kind}, ${mutation}): ${message} ${cause ?? ""} ${content}`);
    }
  };
  const work = async (lane: number): Promise<void> => {
    const place = join(folder, String(lane));
    mkdirSync(place);
    for (let i = lane; i < files && failures.length < 10; i += lanes) await tryNumber(i, place);
    const left = readdirSync(place).filter((name) => !name.startsWith("rows."));
    if (failures.length === 0) expect(left).toEqual([]);
  };
  await Promise.all(Array.from({ length: lanes }, (_, lane) => work(lane)));
  expect(failures).toEqual([]);
  expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(files);
  console.info(outcomes);
});
