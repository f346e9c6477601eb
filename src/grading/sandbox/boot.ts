import { constants } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { closeNetwork } from "./closeNetwork.ts";
import type { Emscripten, EmscriptenSettings } from "./emscripten.ts";
import { HostCalls, type HostFunction } from "./hostCalls.ts";
import { Interpreter } from "./interpreter.ts";
import type { Start } from "./messages.ts";
import { checkExports, type PythonExports } from "./pythonExports.ts";
import { removeModules } from "./removeModules.ts";
import { type WasmImports, type WasmModule, webAssembly } from "./webAssembly.ts";

/** Where the standard library is found, as compiled into this Python. */
const LIBRARY = "/lib/python314.zip";
const LIBRARY_FOLDER = "/lib/python3.14/lib-dynload";

/** Nothing of the host's; no files of compiled code, which would have nowhere to go. */
const environment = {
  HOME: "/",
  PYTHONDONTWRITEBYTECODE: "1",
  PYTHONNOUSERSITE: "1",
  PYTHONUTF8: "1",
  // Nobody reads them, and printing the first one imports much.
  PYTHONWARNINGS: "ignore",
};

/**
 * What solutions import most, loaded once instead of by each. The garbage collector need not look at it again, and
 * `__main__` is left as Python starts with it.
 */
const preload = `
import gc
import array, bisect, cmath, collections, copy, datetime, decimal, fractions, functools, heapq, itertools, math
import operator, random, re, statistics, string, sys, time, typing
gc.collect()
gc.freeze()
for name in [name for name in globals() if not name.startswith("__")]:
    del globals()[name]
del name
`;

/**
 * Starts a bare CPython, without the bridge to JavaScript that Pyodide would build, and closes the wall around it. The
 * process must have no other use: it loses its network.
 *
 * @throws Error when the package `pyodide` is not as expected
 */
export async function bootInterpreter({ limits, pyodide }: Start): Promise<Interpreter> {
  // The runtime asks Node for the numbers of some constants in a way that Node's permission model forbids.
  Object.assign(process, { binding: () => ({ fs: constants }) });
  const hostCalls = new HostCalls(limits);
  guardInstances(hostCalls);
  const { runtime, exports } = await startRuntime(hostCalls, pyodide);
  removeModules(exports);
  exports.Py_InitializeEx(0);
  removeDevices(runtime);
  closeNetwork();
  hostCalls.close(runtime);
  const interpreter = new Interpreter(exports, hostCalls);
  interpreter.execute(preload, "<preload>");
  interpreter.save();
  const own = exports.memory.buffer.byteLength;
  if (own > limits.memoryBytes)
    throw new Error(`expected a memory limit above ${own} bytes, got ${limits.memoryBytes}`);
  return interpreter;
}

/** Puts the host calls between every WebAssembly instance of this process and the functions that it imports. */
function guardInstances(hostCalls: HostCalls): void {
  const { Instance } = webAssembly;
  class GuardedInstance extends Instance {
    constructor(module: WasmModule, imports: WasmImports) {
      const guarded: WasmImports = {};
      for (const { module: from, name, kind } of webAssembly.Module.imports(module)) {
        const value = imports[from]?.[name];
        guarded[from] ??= {};
        guarded[from][name] = kind === "function" ? hostCalls.guard(name, value as HostFunction) : value;
      }
      super(module, guarded);
    }
  }
  Object.assign(webAssembly, { Instance: GuardedInstance });
}

async function startRuntime(
  hostCalls: HostCalls,
  pyodide: string,
): Promise<{ runtime: Emscripten; exports: PythonExports }> {
  const module = await webAssembly.compile(await readFile(join(pyodide, "pyodide.asm.wasm")));
  const library = await readFile(join(pyodide, "python_stdlib.zip"));
  const { default: create } = (await import(pathToFileURL(join(pyodide, "pyodide.asm.mjs")).href)) as {
    default: (settings: EmscriptenSettings) => Promise<Emscripten>;
  };
  let exports: PythonExports | undefined;
  const runtime = await create({
    noInitialRun: true,
    preRun: [
      ({ FS, ENV }) => {
        FS.mkdirTree(LIBRARY_FOLDER);
        FS.writeFile(LIBRARY, library);
        Object.assign(ENV, environment);
      },
    ],
    print: () => undefined,
    printErr: () => undefined,
    instantiateWasm: (imports, done) => {
      // Pyodide's loader adds these two to the imports. Nothing is ever the error that they tell of.
      Object.assign(imports.env as object, { Jsv_GetError_import: () => undefined, JsvError_Check: () => 0 });
      const instance = new webAssembly.Instance(module, imports);
      exports = checkExports(instance.exports);
      hostCalls.attach(exports.memory);
      done(instance, module);
      return {};
    },
    API: { config: {}, runtimeEnv: {} },
  });
  return { runtime, exports: exports as unknown as PythonExports };
}

/** Takes away the devices of the interpreter's file system, which lead out of it. */
function removeDevices({ FS }: Emscripten): void {
  const harmless = new Set([".", "..", "null", "shm"]);
  for (const name of FS.readdir("/dev")) if (!harmless.has(name)) FS.unlink(`/dev/${name}`);
}
