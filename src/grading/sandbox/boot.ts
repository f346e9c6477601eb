import { constants } from "node:fs";
import { loadPyodide } from "pyodide";
import { closeNetwork } from "./closeNetwork.ts";
import type { Emscripten } from "./emscripten.ts";
import { HostCalls, type HostFunction, type HostLimits } from "./hostCalls.ts";
import { Interpreter } from "./interpreter.ts";
import { checkExports, type PythonExports } from "./pythonExports.ts";

/**
 * Modules of C code that are taken out before Python starts. They give Python code raw memory or the interpreter's
 * insides, with which a program could not reach the host, but forge its own grade.
 */
const removedModules: ReadonlySet<string> = new Set([
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

/** Loads what solutions often import once instead of every time, and takes out what belongs to Pyodide. */
const tidySource = `
import gc, sys
import abc, array, ast, bisect, calendar, cmath, collections, collections.abc, contextlib, copy, dataclasses, datetime
import decimal, enum, fractions, functools, hashlib, heapq, inspect, io, itertools, json, keyword, math, numbers
import operator, os, random, re, statistics, string, struct, textwrap, time, traceback, types, typing, unicodedata
from importlib.machinery import BuiltinImporter, FrozenImporter, PathFinder
for name in list(sys.modules):
    if name.partition(".")[0] in {"_pyodide", "_pyodide_core", "asyncio", "js", "pyodide", "pyodide_js"}:
        del sys.modules[name]
sys.meta_path[:] = [BuiltinImporter, FrozenImporter, PathFinder]
main = sys.modules["__main__"].__dict__
for name in [name for name in main if not name.startswith("__")]:
    del main[name]
gc.collect()
gc.freeze()
`;

/**
 * Starts an interpreter and closes the walls around it. The process must have no other use: it loses its network.
 *
 * @throws whatever Pyodide throws when it cannot start
 */
export async function bootInterpreter(limits: HostLimits): Promise<Interpreter> {
  // Pyodide asks Node for the numbers of some constants in a way that Node's permission model forbids.
  Object.assign(process, { binding: () => ({ fs: constants }) });
  const hostCalls = new HostCalls(limits);
  const instantiated = guardInstances(hostCalls);
  const quiet = { stdin: () => null, stdout: () => undefined, stderr: () => undefined };
  const pyodide = await loadPyodide({ jsglobals: Object.create(null) as object, env: {}, ...quiet });
  pyodide.runPython(tidySource, { globals: pyodide.toPy({}) });
  const runtime = (pyodide as unknown as { _module: Emscripten })._module;
  removeDevices(runtime);
  closeNetwork();
  hostCalls.close(runtime);
  return new Interpreter(await instantiated, hostCalls);
}

/** Puts the host calls between every WebAssembly instance of this process and its imports. */
function guardInstances(hostCalls: HostCalls): Promise<PythonExports> {
  const { Instance, instantiate } = WebAssembly;
  /** Emscripten makes table entries of functions by modules that import them. */
  class GuardedInstance extends Instance {
    constructor(module: WebAssembly.Module, imports: WebAssembly.Imports) {
      super(module, guardImports(module, imports, hostCalls));
    }
  }
  return new Promise((resolve) => {
    const guarded = async (source: BufferSource, imports: WebAssembly.Imports) => {
      const module = await WebAssembly.compile(source);
      const instance = await instantiate(module, guardImports(module, imports, hostCalls));
      const exports = checkExports(instance.exports);
      hostCalls.attach(exports.memory);
      removeModules(exports);
      resolve(exports);
      return { module, instance };
    };
    Object.assign(WebAssembly, { Instance: GuardedInstance, instantiate: guarded, instantiateStreaming: undefined });
  });
}

function guardImports(module: WebAssembly.Module, imports: WebAssembly.Imports, hostCalls: HostCalls) {
  const guarded: WebAssembly.Imports = {};
  for (const { module: from, name, kind } of WebAssembly.Module.imports(module)) {
    const value = imports[from]?.[name] as WebAssembly.ImportValue;
    guarded[from] ??= {};
    guarded[from][name] = kind === "function" ? hostCalls.guard(name, value as HostFunction) : value;
  }
  return guarded;
}

/** Takes modules out of the table of built-in ones: pairs of a name and a function, with a zero behind the last. */
function removeModules(exports: PythonExports): void {
  const bytes = new Uint8Array(exports.memory.buffer);
  const words = new Uint32Array(exports.memory.buffer);
  const table = (words[exports.PyImport_Inittab.value >>> 2] as number) >>> 2;
  const nameAt = (address: number) =>
    Buffer.from(bytes.subarray(address, bytes.indexOf(0, address))).toString("latin1");
  const removed = new Set<string>();
  let kept = table;
  for (let entry = table; words[entry] !== 0; entry += 2) {
    const name = nameAt(words[entry] as number);
    if (removedModules.has(name)) removed.add(name);
    else {
      words.copyWithin(kept, entry, entry + 2);
      kept += 2;
    }
  }
  words.fill(0, kept, kept + 2);
  if (removed.size !== removedModules.size) {
    const missing = [...removedModules].filter((name) => !removed.has(name));
    throw new Error(`expected Pyodide to have the built-in modules ${missing.join(", ")}, which the sandbox takes out`);
  }
}

/** Takes away the devices of the interpreter's file system, which lead out of it. */
function removeDevices({ FS }: Emscripten): void {
  const harmless = new Set([".", "..", "null", "shm"]);
  for (const name of FS.readdir("/dev")) if (!harmless.has(name)) FS.unlink(`/dev/${name}`);
}
