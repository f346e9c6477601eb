import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A new empty folder that is removed after the file's tests. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "inoculate-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The folder of a toy model. */
export function toyModel(folder: string): string {
  const model = join(folder, "model");
  mkdirSync(model, { recursive: true });
  writeFileSync(join(model, "model.safetensors"), "weights");
  return model;
}

export const toyParts = new URL("./toyParts.ts", import.meta.url).href;

export const fewItems = { screen: 40, validation: 10, test: 40, testCapability: 20, testOther: 20 };
