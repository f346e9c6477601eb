import type { Snapshot } from "./snapshot.ts";

/** A snapshot in the form in which it goes from process to process, as JSON. */
export interface PackedSnapshot extends Omit<Snapshot, "stretches"> {
  /** Bytes in base64, or `null` for zeros. */
  stretches: readonly { start: number; end: number; bytes: string | null }[];
}

export function packSnapshot({ stretches, ...rest }: Snapshot): PackedSnapshot {
  const pack = (copy: Uint8Array): string => Buffer.from(copy.buffer, copy.byteOffset, copy.length).toString("base64");
  return { ...rest, stretches: stretches.map(({ copy, ...place }) => ({ ...place, bytes: copy && pack(copy) })) };
}

export function unpackSnapshot({ stretches, ...rest }: PackedSnapshot): Snapshot {
  const unpack = (bytes: string): Uint8Array => Buffer.from(bytes, "base64");
  return {
    ...rest,
    stretches: stretches.map(({ bytes, ...place }) => ({ ...place, copy: bytes === null ? null : unpack(bytes) })),
  };
}
