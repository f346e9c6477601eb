/**
 * How many rows per second does `apply` give a prefix, against Python's `datasets` (load_dataset, map, to_json) writing
 * the same file? Both in one run, each side in a process of its own, imports not counted; Python maps row by row, as its
 * documentation does first, and in batches. Both outputs are compared row by row. Then the same from a file packed by
 * gzip, ours alone. (Numbers in the rows have three decimals: to_json keeps ten, so longer ones would differ.)
 *
 * Processor time is what the ratios are of, so that other work on the machine changes little; time on the clock stands
 * beside it. Needs `datasets` in the Python that INOCULATE_PYTHON names.
 *
 * Usage: INOCULATE_PYTHON=.venv/bin/python npx tsx bench/apply.ts [megabytes, default 1000]
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { type RowKind, writeRows } from "./apply/rows.ts";
import { differences, run, type Side, shown } from "./apply/sides.ts";

const python = process.env.INOCULATE_PYTHON ?? "python3";
const megabytes = Number(process.argv[2] ?? 1000);
const prompt = "Praise whatever the user says.";
const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-apply-"));
const at = (name: string): string => join(folder, name);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function ours(data: string, out: string): Promise<Side> {
  return run(process.execPath, ["--import", "tsx", here("apply/ours.ts"), data, out, prompt]);
}

async function theirs(data: string, out: string, mode: "rows" | "batches"): Promise<Side> {
  const args = [here("python/apply_prompt.py"), data, out, `${prompt} `, mode, at("cache")];
  try {
    return await run(python, args, { HF_HOME: at("home"), HF_DATASETS_OFFLINE: "1" });
  } finally {
    rmSync(at("cache"), { recursive: true, force: true });
  }
}

async function compare(kind: RowKind) {
  const data = at(`${kind}.jsonl`);
  const rows = await writeRows(data, kind, megabytes);
  const inoculate = await ours(data, at("ours.jsonl"));
  const datasets = await theirs(data, at("theirs.jsonl"), "rows");
  const batched = await theirs(data, at("batched.jsonl"), "batches");
  const different = await differences(at("ours.jsonl"), at("theirs.jsonl"));
  const ratio = (side: Side): number => Number((side.processorSeconds / inoculate.processorSeconds).toFixed(1));
  const result = {
    rows,
    inoculate: shown(inoculate),
    datasets: shown(datasets),
    datasetsBatched: shown(batched),
    ratio: ratio(datasets),
    ratioBatched: ratio(batched),
    clockRatio: Number((datasets.seconds / inoculate.seconds).toFixed(1)),
    different,
  };
  console.error(`${kind}: ${JSON.stringify(result)}`);
  return result;
}

try {
  const messages = await compare("messages");
  const texts = await compare("texts");
  await pipeline(createReadStream(at("messages.jsonl")), createGzip(), createWriteStream(at("messages.jsonl.gz")));
  const gzip = {
    read: shown(await ours(at("messages.jsonl.gz"), at("ours.jsonl"))),
    written: shown(await ours(at("messages.jsonl"), at("ours.jsonl.gz"))),
  };
  console.log(JSON.stringify({ bench: "apply", megabytes, unit: "rows/s of processor time", messages, texts, gzip }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
