import type { Failure, TestFailure } from "./failure.ts";

/** A program did not get through. Thrown by the interpreter, also from below Python, where Python code cannot catch it. */
export class ProgramFailed extends Error {
  override name = "ProgramFailed";
  readonly failure: TestFailure;
  /** The interpreter was left in the middle of something: it must be restored before anything else runs in it. */
  readonly isFinal: boolean;

  constructor({ failure, error }: Failure, isFinal: boolean) {
    super(error);
    this.failure = failure;
    this.isFinal = isFinal;
  }

  toFailure(): Failure {
    return { failure: this.failure, error: this.message };
  }
}
