/**
 * Compiles the kernels in native/ to native/linux-x64, once for processors with AMX and once for those with AVX-512's
 * bfloat16 alone. The results are kept with the sources, so that nobody who installs the package needs a compiler;
 * sources.json holds the hash of what they were made of.
 *
 * Usage: node scripts/buildNative.mjs (needs gcc 12 or newer on Linux, x64)
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../native/", import.meta.url));
const common = "-O3 -std=gnu11 -Wall -Wextra -Werror -shared -fPIC -s -fno-math-errno".split(" ");
const avx512 = "-mavx512f -mavx512bw -mavx512vl -mavx512dq -mavx512bf16 -mfma".split(" ");
const variants = { amx: ["-mamx-tile", "-mamx-bf16"], avx512: [] };

/** SHA-256 over the sources and the compiler's options. */
export function sourceHash() {
  const hash = createHash("sha256");
  const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
  for (const name of sources.sort()) hash.update(`${name}\n${readFileSync(`${folder}${name}`, "utf8")}\n`);
  hash.update(JSON.stringify([common, avx512, variants]));
  return hash.digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(`${folder}linux-x64`, { recursive: true });
  const sources = readdirSync(folder).filter((name) => name.endsWith(".c"));
  for (const [name, options] of Object.entries(variants)) {
    const out = ["-o", `linux-x64/kernels-${name}.so`];
    execFileSync("gcc", [...common, ...avx512, ...options, ...out, ...sources, "-lm", "-lpthread"], {
      cwd: folder,
      stdio: "inherit",
    });
  }
  const compiler = execFileSync("gcc", ["-dumpfullversion"], { encoding: "utf8" }).trim();
  const record = { sha256: sourceHash(), compiler: `gcc ${compiler}` };
  writeFileSync(`${folder}linux-x64/sources.json`, `${JSON.stringify(record, null, 2)}\n`);
}
