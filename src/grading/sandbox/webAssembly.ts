/**
 * The parts of the WebAssembly interface that the sandbox uses. TypeScript knows it only as part of a browser, and
 * nothing here runs in one.
 */
export interface WebAssemblyInterface {
  compile(bytes: Uint8Array): Promise<WasmModule>;
  Module: { imports(module: WasmModule): { module: string; name: string; kind: string }[] };
  Instance: new (module: WasmModule, imports: WasmImports) => WasmInstance;
}

/** Compiled code. */
export interface WasmModule {
  readonly compiled?: never;
}

/** Functions, and other values, by module and name. */
export type WasmImports = Record<string, Record<string, unknown>>;

export interface WasmInstance {
  exports: Record<string, unknown>;
}

export interface WasmMemory {
  /** Another one whenever the memory has grown. */
  readonly buffer: ArrayBuffer;
}

export interface WasmGlobal {
  value: number;
}

export const webAssembly: WebAssemblyInterface = (globalThis as unknown as { WebAssembly: WebAssemblyInterface })
  .WebAssembly;
