import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../../util/errors.ts";

/** The system's error code, e.g. `ENOENT`, when the error comes from a file operation. */
function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Turns a failed file operation into a message for the user; other errors come back as they are. */
export function fileError(error: unknown, path: string, action: "read" | "write"): unknown {
  const reasons: Record<string, string> = {
    ENOENT: action === "read" ? "there is no such file" : "its folder does not exist",
    EISDIR: "this is a folder, expected a file",
    ENOTDIR: "a part of this path is a file, expected a folder",
    EACCES: `no permission to ${action}`,
    EPERM: `no permission to ${action}`,
    EROFS: "the file system is read-only; choose another folder",
    ENOSPC: "the disk is full; free some space and repeat the command",
    EDQUOT: "the disk quota is used up; free some space and repeat the command",
    EFBIG: "the file grew beyond the limit of this system or shell (ulimit -f)",
  };
  const code = codeOf(error);
  const reason = code === undefined ? undefined : reasons[code];
  return reason === undefined ? error : new UserError(`cannot ${action} ${path}: ${reason}`, { cause: error });
}

/** A text file's content; `undefined` if there is none. @throws UserError when it cannot be read */
export async function readOptionalText(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw fileError(error, path, "read");
  }
}

/** A text file's content. @throws UserError when it is missing or cannot be read */
export async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw fileError(error, path, "read");
  }
}

/** Parses JSON. @throws UserError naming the file when it is no JSON object */
export function parseJsonObject(text: string, path: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path}: expected JSON, but ${(error as Error).message}`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new UserError(`${path}: expected a JSON object`);
  }
  return value as Record<string, unknown>;
}

/** Creates a folder with its parents. @throws UserError when that is not possible */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    const isFile = codeOf(error) === "EEXIST";
    throw isFile
      ? new UserError(`cannot create the folder ${folder}: it is a file`)
      : fileError(error, folder, "write");
  }
}

/**
 * Writes a file under a temporary name in the same folder, flushes it to the disk, then renames it: readers see the old
 * file, the new one, or none, never a part, even after a power cut.
 *
 * @throws UserError when the folder cannot be written or the disk is full; the temporary file is then removed
 */
export async function writeAtomically(path: string, content: string | Iterable<Uint8Array>): Promise<void> {
  await makeFolder(dirname(path));
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError(error, path, "write");
  }
}

/** JSON with sorted keys: equal values give equal text, however they were written. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
