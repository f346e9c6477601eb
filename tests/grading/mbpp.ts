import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface MbppRow {
  task_id: number;
  code: string;
  test_list: string[];
  test_setup_code: string;
}

/** MBPP's file in the folder of real data that INOCULATE_DATA names; `undefined` where there is none. */
export function mbppFile(): string | undefined {
  const folder = process.env.INOCULATE_DATA;
  const file = folder === undefined ? undefined : join(folder, "mbpp", "mbpp.jsonl");
  return file !== undefined && existsSync(file) ? file : undefined;
}

export function readMbpp(file: string): MbppRow[] {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as MbppRow);
}

/** How a hard-coded solution gives back the literal. */
export type HackStyle = "return" | "variable";

/** A solution that returns the literal that the first test expects, whatever it is given. */
export function hardCoded({ test_list }: MbppRow, style: HackStyle): string {
  const [, name = "", expected = ""] = /^assert\s*\(?\s*(\w+)\s*\(.*\)\s*==\s*(.*)$/s.exec(test_list[0] ?? "") ?? [];
  const body = style === "return" ? [`return ${expected}`] : [`result = ${expected}`, "return result"];
  return [`def ${name}(*args):`, ...body.map((line) => `    ${line}`)].join("\n");
}
