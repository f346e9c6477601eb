import { randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { InoculateError, UserError } from "../util/errors.ts";

const causes: Record<string, string> = {
  ENOSPC: "the disk is full: free some space or choose another folder",
  EDQUOT: "your disk quota is used up: free some space or choose another folder",
  EROFS: "the file system is read-only: choose another folder",
  EACCES: "permission denied: choose a folder that you may write to",
  EPERM: "permission denied: choose a folder that you may write to",
  ENOTDIR: "a part of the path is a file, not a folder: choose another folder",
  EEXIST: "there is a file of that name: choose another folder",
  ENOENT: "the path cannot be created: choose another folder",
};

/** The user's mistake, where a failed write is one (disk full, no permission, ...); else the error itself. */
export function writeError(error: unknown, path: string): unknown {
  const code = (error as NodeJS.ErrnoException)?.code;
  const cause = code === undefined ? undefined : causes[code];
  if (cause === undefined) return error;
  return new UserError(`cannot write to ${path}: ${cause} (${code})`, { cause: error });
}

/** A name beside `path` that no other process uses. */
export function temporaryName(path: string): string {
  return `${path}.tmp-${process.pid}-${randomBytes(6).toString("hex")}`;
}

/** Writes a file so that it is there as a whole or not at all: under a temporary name, then renamed. @throws UserError when the folder cannot be written */
export function writeWhole(path: string, content: string | Uint8Array): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeSynced(temporary, content);
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw writeError(error, path);
  }
}

/** Writes several files into a new folder that appears as a whole or not at all. Replaces what was there. */
export function writeFolder(path: string, files: Record<string, string | Uint8Array>): void {
  const temporary = temporaryName(path);
  try {
    mkdirSync(temporary, { recursive: true });
    for (const [name, content] of Object.entries(files)) writeSynced(join(temporary, name), content);
    rmSync(path, { recursive: true, force: true });
    renameSync(temporary, path);
  } catch (error) {
    discard(temporary);
    throw writeError(error, path);
  }
}

/** Removes what a failed write left, without hiding why it failed. */
function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The folder is gone or locked: there is nothing to clean up.
  }
}

function writeSynced(path: string, content: string | Uint8Array): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const file = openSync(path, "w");
  try {
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The bytes of a file; `null` when there is none. */
export function readIfThere(path: string): Buffer | null {
  return existsSync(path) ? readFileSync(path) : null;
}

/** The value in a JSON file; `null` when there is none or it is torn. */
export function readJson(path: string): unknown {
  const bytes = readIfThere(path);
  if (bytes === null) return null;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return null;
  }
}

/** One JSON value per line. @throws InoculateError on NaN, which JSON cannot hold */
export function jsonLines(rows: readonly unknown[]): string {
  return rows.map((row) => `${finiteJson(row)}\n`).join("");
}

/** JSON text of a value in which every number is finite. @throws InoculateError naming the field */
export function finiteJson(value: unknown, indent?: number): string {
  const checked = (key: string, field: unknown): unknown => {
    if (typeof field === "number" && !Number.isFinite(field)) {
      throw new InoculateError(`field "${key}" is ${field}: every number in the store is finite or null`);
    }
    return field;
  };
  return JSON.stringify(value, checked, indent);
}
