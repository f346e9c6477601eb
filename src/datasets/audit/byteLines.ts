/** A line of a file: its bytes without the line break. */
export interface ByteLine {
  /** From 1. */
  number: number;
  bytes: Uint8Array;
}

const [lineFeed, carriageReturn] = [10, 13];

/** The lines of a stream of bytes; only the current one is held. A byte order mark is left out. */
export async function* byteLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ByteLine> {
  let number = 0;
  let held: Uint8Array[] = [];
  const line = (end: Uint8Array): ByteLine => {
    const bytes = held.length === 0 ? end : Buffer.concat([...held, end]);
    held = [];
    number += 1;
    const from = number === 1 && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
    return { number, bytes: bytes.subarray(from, bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length) };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, start)) {
      yield line(chunk.subarray(start, end));
      start = end + 1;
    }
    if (start < chunk.length) held.push(chunk.subarray(start));
  }
  if (held.length > 0) yield line(new Uint8Array());
}
