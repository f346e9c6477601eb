import type { WasmImports, WasmInstance, WasmModule } from "./webAssembly.ts";

/** The parts of Emscripten's runtime that the sandbox uses. */
export interface Emscripten {
  FS: FileSystem;
  /** The environment of the program. */
  ENV: Record<string, string>;
  /** Enlarges the memory to so many bytes; `undefined` when that fails. */
  growMemory(bytes: number): 1 | undefined;
}

/** The interpreter's own file system, which lives in memory. */
export interface FileSystem {
  streams: (OpenFile | null | undefined)[];
  close(file: OpenFile): void;
  mkdirTree(path: string): void;
  readdir(path: string): string[];
  unlink(path: string): void;
  writeFile(path: string, data: Uint8Array): void;
}

export interface OpenFile {
  fd: number;
}

/** What the runtime takes when it starts. */
export interface EmscriptenSettings {
  noInitialRun: boolean;
  preRun: ((runtime: Emscripten) => void)[];
  print(line: string): void;
  printErr(line: string): void;
  instantiateWasm(imports: WasmImports, done: (instance: WasmInstance, module: WasmModule) => void): object;
  /** Pyodide's own state, which its parts of the runtime fill and which is not used here. */
  API: object;
}
