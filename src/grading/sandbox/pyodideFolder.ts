import { createRequire } from "node:module";
import { dirname } from "node:path";

/** Where the package `pyodide` is: CPython as a WebAssembly module, Emscripten's runtime for it, and the standard library. */
export const pyodideFolder: string = dirname(createRequire(import.meta.url).resolve("pyodide/package.json"));
