import type { ByteSource } from "../container.ts";

/**
 * Some of a file's bytes with the whole rows in them. All blocks one after the other are the file. The bytes are the
 * block's own only until the next one is asked for.
 */
export interface RowBlock {
  bytes: Buffer;
  /** Where each row starts and ends in `bytes`, without the white space around it. */
  starts: number[];
  ends: number[];
  /** The line of the file in which each row starts, from 1. */
  lines: number[];
}

/** Cuts a file into rows. @throws UserError naming the line of what is no row */
export type RowBlocks = (source: ByteSource) => AsyncGenerator<RowBlock>;

export const newline = 0x0a;

/** JSON's white space. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Bytes of a byte-order mark at the beginning of a file. */
export function markBytes(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
}
