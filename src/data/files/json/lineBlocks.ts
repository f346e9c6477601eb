import type { ByteSource } from "../container.ts";
import { isSpace, markBytes, newline, type RowBlock } from "./rowBlocks.ts";
import { expectRowFits, RowBuffer } from "./rowBuffer.ts";

/** One row a line. Blank lines are no rows, and count as lines. */
export async function* lineBlocks({ name, chunks }: ByteSource): AsyncGenerator<RowBlock> {
  const held = new RowBuffer();
  let line = 1;
  let start = -1;
  for await (const chunk of chunks) {
    const before = held.length;
    held.append(chunk);
    const end = held.bytes.subarray(before, held.length).lastIndexOf(newline);
    if (end < 0) {
      expectRowFits(held.length, `${name}:${line}`);
      continue;
    }
    if (start < 0) start = markBytes(held.bytes);
    const block = linesOf(held.bytes.subarray(0, before + end + 1), start, line);
    start = 0;
    for (const [i, at] of block.starts.entries())
      expectRowFits((block.ends[i] as number) - at, `${name}:${block.lines[i]}`);
    line = block.nextLine;
    yield block;
    held.drop(before + end + 1);
  }
  if (held.length === 0) return;
  if (start < 0) start = markBytes(held.bytes);
  expectRowFits(held.length, `${name}:${line}`);
  yield linesOf(held.bytes.subarray(0, held.length), start, line);
}

function linesOf(bytes: Buffer, from: number, firstLine: number): RowBlock & { nextLine: number } {
  const block = { bytes, starts: [] as number[], ends: [] as number[], lines: [] as number[], nextLine: firstLine };
  for (let at = from; at < bytes.length; ) {
    const found = bytes.indexOf(newline, at);
    const next = found < 0 ? bytes.length : found;
    let [start, end] = [at, next];
    while (start < end && isSpace(bytes[start])) start++;
    while (end > start && isSpace(bytes[end - 1])) end--;
    if (start < end) {
      block.starts.push(start);
      block.ends.push(end);
      block.lines.push(block.nextLine);
    }
    block.nextLine += 1;
    at = next + 1;
  }
  return block;
}
