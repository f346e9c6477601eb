/** Base class of every error that this package raises on purpose. */
export class InoculateError extends Error {
  override name = "InoculateError";
}

/**
 * The user's mistake: the message says what was expected, what came, where, and what to do.
 * The command line prints it without a stack and ends with exit code 2.
 */
export class UserError extends InoculateError {
  override name = "UserError";
}

/** Work that would not fit into memory. Says how much it needs, how much there is and what would make it fit. */
export class MemoryError extends UserError {
  override name = "MemoryError";
}

/** A grader broke. It stops the evaluation; it is never counted as a failed item. */
export class GraderError extends InoculateError {
  override name = "GraderError";
}

/** An operator got shapes or types it cannot take. Names the operator and its operands. */
export class GraphError extends InoculateError {
  override name = "GraphError";
}

/** Work was stopped on request (Ctrl-C). What was complete is on disk. Exit code 130. */
export class InterruptedError extends InoculateError {
  override name = "InterruptedError";
}
