import type { HostCalls } from "./hostCalls.ts";
import { plainCopy } from "./plainCopy.ts";
import { ProgramFailed } from "./programFailed.ts";
import type { PythonExports } from "./pythonExports.ts";
import { restoreSnapshot, type Snapshot, takeSnapshot } from "./snapshot.ts";
import type { WasmGlobal } from "./webAssembly.ts";

/** Address of a Python object. */
export type Pointer = number;

// Start symbols of Python's grammar, from CPython's compile.h.
const FILE_INPUT = 257;
const EVAL_INPUT = 258;
/** Version of the marshal format: the newest without back references, so that equal values get equal bytes. */
const MARSHAL_VERSION = 2;
const MAX_ERROR_CHARACTERS = 200;

/**
 * CPython behind closed walls, used by its C functions: what they return is seen from outside, where no Python code can
 * change it. Methods throw ProgramFailed when the program raises, or breaks off.
 */
export class Interpreter {
  readonly #c: PythonExports;
  readonly #hostCalls: HostCalls;
  readonly #main: Pointer;
  #snapshot: Snapshot | undefined;

  /** @param snapshot of another interpreter, which this one becomes; without one, Python must have been started */
  constructor(exports: PythonExports, hostCalls: HostCalls, snapshot?: Snapshot) {
    this.#c = exports;
    this.#hostCalls = hostCalls;
    this.#snapshot = snapshot;
    if (snapshot) restoreSnapshot(exports, snapshot);
    this.#main = exports.PyModule_GetDict(exports.PyImport_AddModule(this.#cText("__main__")));
  }

  /** Makes this the moment to which `restore` goes back. */
  save(): Snapshot {
    this.#snapshot = takeSnapshot(this.#c);
    return this.#snapshot;
  }

  /** Takes everything back to how it was when it was saved. */
  restore(): void {
    if (this.#snapshot) restoreSnapshot(this.#c, this.#snapshot);
    this.#hostCalls.reset();
  }

  /** Runs statements in the module `__main__`. */
  execute(source: string, file: string): void {
    this.#run(source, file, FILE_INPUT);
  }

  /** The value of an expression in the module `__main__`. */
  evaluate(source: string, file: string): Pointer {
    return this.#run(source, file, EVAL_INPUT);
  }

  isTrue(value: Pointer): boolean {
    const truth = this.#call(() => this.#c.PyObject_IsTrue(value));
    if (truth < 0) this.#raise();
    return truth === 1;
  }

  /** Text of a `str`. */
  readText(value: Pointer): string {
    return this.#call(() => this.#text(value));
  }

  /** A value as `marshal.dumps(value, 2)` writes it; `null` for what marshal has no format for. */
  marshal(value: Pointer): Uint8Array | null {
    const c = this.#c;
    return this.#call(() => {
      let bytes = c.PyMarshal_WriteObjectToString(value, MARSHAL_VERSION);
      if (bytes === 0) {
        c.PyErr_Clear();
        bytes = c.PyMarshal_WriteObjectToString(plainCopy(c, value), MARSHAL_VERSION);
      }
      if (bytes === 0) {
        c.PyErr_Clear();
        return null;
      }
      return this.#heap().slice(c.PyBytes_AsString(bytes), c.PyBytes_AsString(bytes) + c.PyBytes_Size(bytes));
    });
  }

  /** Name of a value's type. */
  typeName(value: Pointer): string {
    const c = this.#c;
    return this.#call(() => this.#text(c.PyType_GetName(c.PyObject_Type(value))));
  }

  /** Sets a variable of `__main__` to a text, or to a value in marshal's format. */
  assign(name: string, value: string | Uint8Array): void {
    const c = this.#c;
    const object = this.#call(() => {
      const isText = typeof value === "string";
      const bytes = isText ? new TextEncoder().encode(value) : value;
      const address = this.#copyIn(bytes);
      return isText
        ? c.PyUnicode_DecodeUTF8(address, bytes.length, 0)
        : c.PyMarshal_ReadObjectFromString(address, bytes.length);
    });
    if (object === 0) this.#raise();
    this.#call(() => c.PyDict_SetItemString(this.#main, this.#cText(name), object));
  }

  #run(source: string, file: string, start: number): Pointer {
    // C text ends at the first null character; Python refuses files that have one.
    if (source.includes("\0")) {
      throw new ProgramFailed({ failure: "error", error: "SyntaxError: source code cannot contain null bytes" }, false);
    }
    const c = this.#c;
    const result = this.#call(() => {
      const code = c.Py_CompileStringExFlags(this.#cText(source), this.#cText(file), start, 0, -1);
      return code && c.PyEval_EvalCode(code, this.#main, this.#main);
    });
    if (result === 0) this.#raise();
    return result;
  }

  /** Throws the Python exception that was raised. Its text is the program's, who may raise or break off once more. */
  #raise(): never {
    const c = this.#c;
    const { kind, text } = this.#call(() => {
      const exception = c.PyErr_GetRaisedException();
      const is = (type: WasmGlobal): boolean => c.PyErr_GivenExceptionMatches(exception, this.#word(type.value)) !== 0;
      const kind = is(c.PyExc_MemoryError) ? "memory" : is(c.PyExc_AssertionError) ? "failed" : "error";
      const name = this.#text(c.PyType_GetName(c.PyObject_Type(exception)));
      const said = c.PyObject_Str(exception);
      if (said === 0) c.PyErr_Clear();
      return { kind, text: [name, said && this.#text(said)].filter(Boolean).join(": ") } as const;
    });
    const error = text.replace(/\s+/g, " ").slice(0, MAX_ERROR_CHARACTERS);
    throw new ProgramFailed({ failure: kind, error }, false);
  }

  /** Enters WebAssembly. Whatever comes flying out of it has torn through the interpreter. */
  #call<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (error instanceof ProgramFailed) throw error;
      const { name, message } = error as Error;
      const isOverflow = error instanceof RangeError && message.includes("call stack");
      const failure = isOverflow
        ? ({ failure: "error", error: "RecursionError: the interpreter's stack overflowed" } as const)
        : ({ failure: "crash", error: `${name}: ${message}`.slice(0, MAX_ERROR_CHARACTERS) } as const);
      throw new ProgramFailed(failure, true);
    }
  }

  #heap(): Uint8Array {
    return new Uint8Array(this.#c.memory.buffer);
  }

  #word(address: number): number {
    return new DataView(this.#c.memory.buffer).getUint32(address, true);
  }

  /** Copies bytes into the interpreter's memory, with a zero behind them. What is never freed goes with the next restoring. */
  #copyIn(bytes: Uint8Array): Pointer {
    const address = this.#c.malloc(bytes.length + 1);
    if (address === 0) throw new ProgramFailed({ failure: "memory", error: "no memory left for the program" }, true);
    this.#heap().set(bytes, address);
    this.#heap()[address + bytes.length] = 0;
    return address;
  }

  #cText(text: string): Pointer {
    return this.#copyIn(new TextEncoder().encode(text));
  }

  #text(value: Pointer): string {
    const size = this.#c.malloc(4);
    const address = this.#c.PyUnicode_AsUTF8AndSize(value, size);
    if (address === 0) {
      this.#c.PyErr_Clear();
      return "";
    }
    return Buffer.from(this.#c.memory.buffer, address, this.#word(size)).toString("utf8");
  }
}
