import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { StoredRow } from "../../src/data/files/container.ts";
import { containers } from "../../src/data/files/containers.ts";
import { detectContainer } from "../../src/data/files/detectContainer.ts";
import { parseExact } from "../../src/data/files/exactJson.ts";
import { openSource } from "../../src/data/files/openSource.ts";
import { stringifyRaw } from "../../src/data/files/rawJson.ts";

/** Paths in a folder that goes away with the test. */
export async function scratch(): Promise<(name: string) => string> {
  const folder = await mkdtemp(join(tmpdir(), "inoculate-data-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return (name) => join(folder, name);
}

/** A file with this text, under a name whose ending says what it is. */
export async function fileOf(name: string, text: string): Promise<string> {
  const at = await scratch();
  await writeFile(at(name), text);
  return at(name);
}

/** Rows as lines of JSON. */
export function lines(rows: readonly unknown[]): string {
  return rows.map((row) => `${stringifyRaw(row)}\n`).join("");
}

/** All rows of a file as its container holds them, with all digits of their numbers. */
export async function storedRows(file: string): Promise<Record<string, unknown>[]> {
  const source = await openSource(file);
  const rows: Record<string, unknown>[] = [];
  for await (const row of containers[detectContainer(source)].rows(source)) rows.push(exact(row));
  await source.close();
  return rows;
}

function exact({ text, fields, exact }: StoredRow): Record<string, unknown> {
  return text === undefined ? (exact?.() ?? fields) : (parseExact(text) as Record<string, unknown>);
}

/** The bytes of a file as text. */
export function textOf(file: string): Promise<string> {
  return readFile(file, "utf8");
}
