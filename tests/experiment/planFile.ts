import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a plan into the folder and returns its path. */
export function planFile(folder: string, text: string, name = "plan.yaml"): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}
