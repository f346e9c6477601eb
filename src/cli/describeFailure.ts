import { GraderError, InterruptedError, UserError } from "../util/errors.ts";

/** How a verb that failed ends: what to print on standard error, and the exit code. */
export interface Failure {
  text: string;
  exitCode: 1 | 2 | 130;
}

const systemMistakes: Record<string, string> = {
  EACCES: "permission denied; choose another folder or change its permissions",
  EPERM: "not permitted; choose another folder or change its permissions",
  EROFS: "the file system is read-only; choose another folder",
  ENOSPC: "the disk is full; free some space or choose a folder on another disk, then run the same command to continue",
  EDQUOT: "the disk quota is used up; free some space, then run the same command to continue",
  ENOENT: "no such file or folder; check the path",
  ENOTDIR: "a part of the path is a file, not a folder; check the path",
  EISDIR: "this is a folder, not a file; check the path",
  EEXIST: "a file of that name is in the way; choose another name",
};

/**
 * The user's mistakes in one message without a stack (2), an interruption (130), and our own faults with a stack (1).
 * Refusals by the file system count as the user's, since only they can help it.
 */
export function describeFailure(error: unknown, interrupted: boolean): Failure {
  if (error instanceof InterruptedError || (interrupted && isAbort(error))) {
    return { text: "Stopped. Run the same command to continue.", exitCode: 130 };
  }
  if (error instanceof UserError) return { text: `error: ${error.message}`, exitCode: 2 };
  if (error instanceof Error && "code" in error && "syscall" in error) {
    const { code, path } = error as NodeJS.ErrnoException;
    const remedy = systemMistakes[String(code)];
    if (remedy) return { text: `error: ${path ? `${path}: ` : ""}${remedy} (${code})`, exitCode: 2 };
  }
  if (error instanceof GraderError) {
    const cause = error.cause instanceof Error ? `\n${error.cause.stack}` : "";
    return { text: `error: a grader broke, so nothing was graded: ${error.message}${cause}`, exitCode: 1 };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { text: `${stack}\nThis is a fault of inoculate itself, not of what you typed.`, exitCode: 1 };
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === "AbortError" || "signal" in error);
}
