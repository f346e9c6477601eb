/** The parts of Emscripten's runtime that the sandbox uses. */
export interface Emscripten {
  FS: FileSystem;
  /** Enlarges the memory to so many bytes; `undefined` when that fails. */
  growMemory(bytes: number): 1 | undefined;
}

/** The interpreter's own file system, which lives in memory. */
export interface FileSystem {
  streams: (OpenFile | null | undefined)[];
  close(file: OpenFile): void;
  unlink(path: string): void;
  readdir(path: string): string[];
}

export interface OpenFile {
  fd: number;
}
