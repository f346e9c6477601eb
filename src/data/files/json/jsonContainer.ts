import { isUtf8 } from "node:buffer";
import { UserError } from "../../../util/errors.ts";
import type { ByteSink, Container, Edit } from "../container.ts";
import { stringifyRaw } from "../rawJson.ts";
import { arrayBlocks } from "./arrayBlocks.ts";
import { BlockRow } from "./blockRow.ts";
import { lineBlocks } from "./lineBlocks.ts";
import { OutputBuffer } from "./outputBuffer.ts";
import type { RowBlock, RowBlocks } from "./rowBlocks.ts";
import { type Splice, splicesOf } from "./splices.ts";

/** One JSON object a line. */
export const jsonl: Container = jsonContainer({
  id: "jsonl",
  blocks: lineBlocks,
  where: (name, line) => `${name}:${line}`,
  nothing: "expected one JSON object a line, found no line at all",
  marks: { before: "", between: "\n", after: "\n" },
});

/** One list of JSON objects. */
export const json: Container = jsonContainer({
  id: "json",
  blocks: arrayBlocks,
  where: (name, line, index) => `${name}:${line}, row ${index + 1}`,
  nothing: "expected a list of objects, found an empty one",
  marks: { before: "[\n", between: ",\n", after: "\n]\n" },
});

interface JsonKind {
  id: "jsonl" | "json";
  blocks: RowBlocks;
  where(name: string, line: number, index: number): string;
  /** What to say of a file without rows. */
  nothing: string;
  marks: { before: string; between: string; after: string };
}

function jsonContainer({ id, blocks, where, nothing, marks }: JsonKind): Container {
  function rowsOf(block: RowBlock, name: string, before: number): BlockRow[] {
    const valid = isUtf8(block.bytes);
    return block.lines.map((line, i) => {
      const index = before + i;
      return new BlockRow(block, i, index, valid, () => where(name, line, index));
    });
  }
  async function writeJson(rows: AsyncIterable<Uint8Array>, sink: ByteSink): Promise<void> {
    const output = new OutputBuffer(sink);
    const between = Buffer.from(marks.between);
    let mark = Buffer.from(marks.before);
    let isEmpty = true;
    for await (const row of rows) {
      await output.put(mark);
      await output.put(row);
      mark = between;
      isEmpty = false;
    }
    await output.put(Buffer.from(isEmpty ? `${marks.before}${marks.after}` : marks.after));
    await output.flush();
  }
  return {
    id,
    async *rows(source, check = "before") {
      let count = 0;
      for await (const block of blocks(source)) {
        // A copy, since a row may be kept for longer than the block has its bytes.
        const rows = rowsOf({ ...block, bytes: Buffer.from(block.bytes) }, source.name, count);
        count += rows.length;
        if (check === "before") for (const row of rows) row.expectSound();
        for (const row of rows) {
          yield row;
          if (check === "after") row.expectSound();
        }
      }
      if (count === 0) throw new UserError(`${source.name}: ${nothing}`);
    },
    async rewrite(source, sinks, editsOf) {
      let count = 0;
      const outputs = sinks.map((sink) => new OutputBuffer(sink));
      for await (const block of blocks(source)) {
        const splices = outputs.map((): Splice[] => []);
        const rows = rowsOf(block, source.name, count);
        for (const row of rows) {
          const edits = editsOf(row);
          row.expectSound();
          for (const [k, ofSink] of edits.entries()) addSplices(splices[k] as Splice[], block.bytes, row, ofSink);
        }
        count += rows.length;
        for (const [k, output] of outputs.entries()) await output.copy(block.bytes, splices[k] as Splice[]);
      }
      if (count === 0) throw new UserError(`${source.name}: ${nothing}`);
      for (const output of outputs) await output.flush();
    },
    write: (rows, sink) => writeJson(asJson(rows), sink),
    writeJson,
  };
}

async function* asJson(rows: AsyncIterable<Record<string, unknown>>): AsyncGenerator<Buffer> {
  for await (const row of rows) yield Buffer.from(stringifyRaw(row));
}

function addSplices(splices: Splice[], bytes: Buffer, row: BlockRow, edits: readonly Edit[]): void {
  for (const splice of splicesOf(bytes, row, edits)) splices.push(splice);
}
