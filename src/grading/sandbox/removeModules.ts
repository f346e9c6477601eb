import type { PythonExports } from "./pythonExports.ts";

/**
 * Modules of C code that give Python code raw memory or the interpreter's insides. With them a program could not reach
 * the host, but forge its own grade.
 */
const removed: ReadonlySet<string> = new Set([
  "_ctypes",
  "_posixsubprocess",
  "_remote_debugging",
  "_testbuffer",
  "_testcapi",
  "_testclinic",
  "_testclinic_limited",
  "_testinternalcapi",
  "_testlimitedcapi",
  "_xxtestfuzz",
  "faulthandler",
  "mmap",
  "xxsubtype",
]);

/**
 * Takes modules out of CPython's table of built-in ones, before Python starts. The table holds pairs of a name and a
 * function, with a zero behind the last.
 *
 * @throws Error when one of them is not there, e.g. because another version of Python calls it otherwise
 */
export function removeModules({ memory, PyImport_Inittab }: PythonExports): void {
  const bytes = Buffer.from(memory.buffer);
  const words = new Uint32Array(memory.buffer);
  const start = (words[PyImport_Inittab.value >>> 2] as number) >>> 2;
  const missing = new Set(removed);
  let kept = start;
  for (let entry = start; words[entry] !== 0; entry += 2) {
    const address = words[entry] as number;
    const name = bytes.toString("latin1", address, bytes.indexOf(0, address));
    if (missing.delete(name)) continue;
    words.copyWithin(kept, entry, entry + 2);
    kept += 2;
  }
  words.fill(0, kept, kept + 2);
  if (missing.size > 0) throw new Error(`expected Python to have the built-in modules ${[...missing].join(", ")}`);
}
