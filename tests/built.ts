import { fileURLToPath } from "node:url";
import { isBuildStale } from "../scripts/prepare.mjs";

const stale = isBuildStale();

/** A file of `src`, named without its ending: of the built output where that is newest, since it starts sooner. */
export function built(name: string): string {
  return fileURLToPath(new URL(stale ? `../src/${name}.ts` : `../dist/${name}.js`, import.meta.url));
}

/** What Node needs to be told for a process that runs such a file. */
export const nodeOptions: readonly string[] = stale ? ["--import", "tsx"] : [];
