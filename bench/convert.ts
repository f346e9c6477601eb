/**
 * How many rows per second does `convert` give another format, against Python turning messages into ShareGPT, with
 * `json` a line at a time and with `datasets` (load_dataset, map, to_json)? All in one run, each side in a process of
 * its own, imports not counted. Their files are compared with ours row by row, and every conversion of ours is done back
 * again and compared with the file that it came from. (Numbers in the rows have three decimals: to_json keeps ten.)
 *
 * The ratios are of processor time. Needs `datasets` in the Python that INOCULATE_PYTHON names.
 *
 * Usage: INOCULATE_PYTHON=.venv/bin/python npx tsx bench/convert.ts [megabytes, default 275]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeRows } from "./apply/rows.ts";
import { differences, run, type Side, shown } from "./apply/sides.ts";

const python = process.env.INOCULATE_PYTHON ?? "python3";
const megabytes = Number(process.argv[2] ?? 275);
const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-convert-"));
const at = (name: string): string => join(folder, name);
const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

function ours(data: string, out: string, to: string): Promise<Side> {
  return run(process.execPath, ["--import", "tsx", here("convert/ours.ts"), at(data), at(out), to]);
}

async function theirs(mode: "json" | "datasets"): Promise<Side & { different: number }> {
  const args = [here("python/convert_rows.py"), at("messages.jsonl"), at("theirs.jsonl"), mode, at("cache")];
  const side = await run(python, args, { HF_HOME: at("home"), HF_DATASETS_OFFLINE: "1" });
  rmSync(at("cache"), { recursive: true, force: true });
  return { ...side, different: await differences(at("sharegpt.jsonl"), at("theirs.jsonl")) };
}

/** There and back again. */
async function thereAndBack(data: string, to: string, ending: string, from: string) {
  const there = await ours(data, `there.${ending}`, to);
  const back = await ours(`there.${ending}`, "back.jsonl", from);
  const result = { there: shown(there), back: shown(back), different: await differences(at(data), at("back.jsonl")) };
  console.error(`${data} as ${to} in ${ending}: ${JSON.stringify(result)}`);
  return result;
}

try {
  const rows = await writeRows(at("messages.jsonl"), "messages", megabytes);
  await writeRows(at("pairs.jsonl"), "pairs", megabytes / 2);
  const inoculate = await ours("messages.jsonl", "sharegpt.jsonl", "axolotl");
  const peer = async (mode: "json" | "datasets") => {
    const { different, ...side } = await theirs(mode);
    const ratio = Number((side.processorSeconds / inoculate.processorSeconds).toFixed(1));
    const result = { ...shown(side), ratio, different };
    console.error(`${mode}: ${JSON.stringify(result)}`);
    return result;
  };
  const beside = { inoculate: shown(inoculate), json: await peer("json"), datasets: await peer("datasets") };
  const formats = {
    sharegpt: await thereAndBack("messages.jsonl", "axolotl", "jsonl", "openai"),
    alpaca: await thereAndBack("messages.jsonl", "alpaca", "jsonl", "openai"),
    "trl-prompt": await thereAndBack("messages.jsonl", "trl-prompt", "jsonl", "openai"),
    "json list": await thereAndBack("messages.jsonl", "axolotl", "json", "openai"),
    csv: await thereAndBack("pairs.jsonl", "columns", "csv", "together-instruction"),
    parquet: await thereAndBack("messages.jsonl", "axolotl", "parquet", "openai"),
  };
  console.log(JSON.stringify({ bench: "convert", megabytes, rows, unit: "rows/s of processor time", beside, formats }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
