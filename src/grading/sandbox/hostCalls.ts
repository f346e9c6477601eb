import { random } from "../../util/random.ts";
import type { Emscripten } from "./emscripten.ts";
import { ProgramFailed } from "./programFailed.ts";
import type { WasmMemory } from "./webAssembly.ts";

/** What a program may use. */
export interface HostLimits {
  /** Size of WebAssembly memory at most, in bytes, the interpreter's own included. */
  memoryBytes: number;
  /** Bytes printed at most, standard output and error together. */
  outputBytes: number;
}

export type HostFunction = (...args: number[]) => unknown;

// Error numbers of WASI, as Emscripten uses them.
const EBADF = 8;
const EINVAL = 28;
const EMFILE = 33;
const ENOTTY = 59;
const EPERM = 63;
const EROFS = 69;

/** Flags of open(2) that don't write: O_DIRECTORY, O_NOFOLLOW, O_LARGEFILE, O_CLOEXEC, O_NONBLOCK. */
const READING_FLAGS = 0o200000 | 0o400000 | 0o100000 | 0o2000000 | 0o4000;
const MAX_OPEN_FILES = 64;
const MAX_IO_VECTORS = 1024;
const GROWTH_BYTES = 4 << 20;
const STANDARD_STREAMS = 2;

/**
 * Imports that pass as they are. Each only calls back into the interpreter, computes on its memory, tells the time, or
 * looks at its file system, which lives in memory and holds nothing but Python's standard library.
 */
const harmless: ReadonlySet<string> = new Set([
  "_PyEM_TrampolineCall_JS",
  "emscripten_date_now",
  "emscripten_get_now",
  "clock_time_get",
  "clock_res_get",
  "_tzset_js",
  "_localtime_js",
  "_gmtime_js",
  "_mktime_js",
  "_timegm_js",
  "environ_get",
  "environ_sizes_get",
  "__syscall_getcwd",
  "__syscall_stat64",
  "__syscall_lstat64",
  "__syscall_fstat64",
  "__syscall_newfstatat",
  "__syscall_faccessat",
  "__syscall_getdents64",
  "__syscall_readlinkat",
  "fd_seek",
  "fd_fdstat_get",
]);

/**
 * The functions by which an interpreter reaches anything but its own memory: the imports of its WebAssembly module.
 * Whatever a program does to the interpreter that runs it, even by writing over its memory, it stays within that memory
 * and these functions. So they are the wall: once closed, the few listed here work and all others are refused.
 */
export class HostCalls {
  readonly #limits: HostLimits;
  readonly #own: ReadonlyMap<string, (original: HostFunction) => HostFunction>;
  #memory: WasmMemory | undefined;
  /** Set once the wall is closed. */
  #runtime: Emscripten | undefined;
  #printed = 0;
  #entropy = entropy();

  constructor(limits: HostLimits) {
    this.#limits = limits;
    this.#own = new Map(Object.entries(this.#ownFunctions()));
  }

  /** The function to give to the interpreter in place of the import `original`. */
  guard(name: string, original: HostFunction): HostFunction {
    if (harmless.has(name)) return original;
    const own = this.#own.get(name)?.(original) ?? refusal(name);
    // From the start, so that Python's hash secret is the same in every process.
    if (name === "random_get") return own;
    return (...args) => (this.#runtime ? own(...args) : original(...args));
  }

  /** Tells which memory the functions work on. */
  attach(memory: WasmMemory): void {
    this.#memory = memory;
  }

  /** From here on the wall stands. It cannot be opened again. */
  close(runtime: Emscripten): void {
    this.#runtime = runtime;
  }

  /** Forgets what the last program printed, drew and left open. */
  reset(): void {
    this.#printed = 0;
    this.#entropy = entropy();
    const { FS } = this.#runtime as Emscripten;
    for (const file of [...FS.streams]) if (file && file.fd > STANDARD_STREAMS) FS.close(file);
  }

  /** What stands in for imports that programs need but must not have as they are. */
  #ownFunctions(): Record<string, (original: HostFunction) => HostFunction> {
    return {
      random_get: () => (address, length) => this.#draw(address as number, length as number),
      emscripten_resize_heap: () => (bytes) => this.#grow((bytes as number) >>> 0),
      emscripten_get_heap_max: () => () => this.#limits.memoryBytes,
      _Py_CheckEmscriptenSignals_Helper: () => () => 0,
      fd_write: () => (fd, vectors, count, written) =>
        this.#print(fd as number, (vectors as number) >>> 0, (count as number) >>> 0, (written as number) >>> 0),
      fd_read: (original) => (fd, vectors, count, read) =>
        (fd as number) > STANDARD_STREAMS
          ? original(fd as number, vectors as number, count as number, read as number)
          : this.#endOfInput((read as number) >>> 0),
      fd_close: (original) => (fd) => ((fd as number) > STANDARD_STREAMS ? original(fd as number) : 0),
      __syscall_openat: (original) => (folder, path, flags, mode) => this.#open(original, folder, path, flags, mode),
      __syscall_ioctl: () => () => -ENOTTY,
      // "Not a socket of JavaScript's": the ordinary system call follows, and is refused.
      _maybe_connect_async: () => () => null,
      _maybe_poll_async: () => () => null,
      _maybe_recvfrom_async: () => () => null,
      _maybe_sendto_async: () => () => null,
      _try_fcntl64: () => () => 0,
      _try_shutdown: () => () => 0,
    };
  }

  #draw(address: number, length: number): number {
    const bytes = new Uint8Array(this.#buffer(), address >>> 0, length >>> 0);
    for (let i = 0; i < bytes.length; i++) bytes[i] = this.#entropy.integer(0, 255);
    return 0;
  }

  /** Returns 0 where the limit is reached: Python then raises MemoryError. */
  #grow(bytes: number): number {
    const wanted = Math.ceil(bytes / GROWTH_BYTES) * GROWTH_BYTES;
    const size = Math.max(bytes, Math.min(wanted, this.#limits.memoryBytes));
    if (size > this.#limits.memoryBytes) return 0;
    return (this.#runtime as Emscripten).growMemory(size) ?? 0;
  }

  /** Counts what is printed and throws it away. */
  #print(fd: number, vectors: number, count: number, written: number): number {
    if (fd !== 1 && fd !== 2) return EBADF;
    if (count > MAX_IO_VECTORS) return EINVAL;
    const memory = new DataView(this.#buffer());
    let bytes = 0;
    for (let i = 0; i < count; i++) bytes += memory.getUint32(vectors + 8 * i + 4, true);
    this.#printed += bytes;
    if (this.#printed > this.#limits.outputBytes) {
      throw new ProgramFailed(
        { failure: "output", error: `more than ${this.#limits.outputBytes} bytes printed` },
        true,
      );
    }
    memory.setUint32(written, bytes, true);
    return 0;
  }

  #endOfInput(read: number): number {
    new DataView(this.#buffer()).setUint32(read, 0, true);
    return 0;
  }

  #open(original: HostFunction, ...args: (number | undefined)[]): unknown {
    const [, , flags = 0] = args;
    if ((flags & ~READING_FLAGS) !== 0) return -EROFS;
    const { FS } = this.#runtime as Emscripten;
    if (FS.streams.filter(Boolean).length > MAX_OPEN_FILES) return -EMFILE;
    return original(...(args as number[]));
  }

  #buffer(): ArrayBuffer {
    return (this.#memory as WasmMemory).buffer;
  }
}

/** The same random numbers for every program, so that its outcome depends on nothing else. */
const entropy = () => random("python entropy");

/** System calls fail as where they are not permitted; anything else, e.g. a way to JavaScript or `exit`, ends the program. */
function refusal(name: string): HostFunction {
  if (name.startsWith("__syscall_")) return () => -EPERM;
  if (name.startsWith("fd_")) return () => EPERM;
  return () => {
    throw new ProgramFailed({ failure: "error", error: `called ${name}, which leads out of the sandbox` }, true);
  };
}
