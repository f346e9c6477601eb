import { UserError } from "../../../util/errors.ts";

/** The longest row that is read, in bytes. */
export const maxRowBytes = 1 << 28;

/** Bytes that are still to be looked at: one buffer that grows with the longest row, not with the file. */
export class RowBuffer {
  bytes: Buffer = Buffer.alloc(0);
  length = 0;

  append(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.bytes.length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    this.bytes.set(chunk, this.length);
    this.length = needed;
  }

  /** Forgets the first bytes. */
  drop(count: number): void {
    this.bytes.copyWithin(0, count, this.length);
    this.length -= count;
  }
}

/** @throws UserError where a row that is not complete yet is longer than any may be */
export function expectRowFits(bytes: number, where: string): void {
  if (bytes <= maxRowBytes) return;
  throw new UserError(
    `${where}: expected rows of up to ${maxRowBytes / 2 ** 20} MiB, found a longer one; ` +
      "are the line ends missing? Split it, or leave it out",
  );
}
