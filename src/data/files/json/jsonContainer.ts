import { isUtf8 } from "node:buffer";
import { UserError } from "../../../util/errors.ts";
import { type OnBroken, readOrBroken } from "../brokenRow.ts";
import type { Container, Edit, StoredRow } from "../container.ts";
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
  return {
    id,
    async *rows(source, onBroken = "throw") {
      let count = 0;
      for await (const block of blocks(source)) {
        // All of a block at once: its bytes are gone when someone asks for the next one in between.
        const rows = rowsOf(block, source.name, count).map((row) => storedRow(row, onBroken));
        count += rows.length;
        yield* rows;
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
    async write(rows, sink) {
      const output = new OutputBuffer(sink);
      let mark = marks.before;
      for await (const row of rows) {
        await output.put(Buffer.from(`${mark}${stringifyRaw(row)}`));
        mark = marks.between;
      }
      await output.put(Buffer.from(mark === marks.before ? `${mark}${marks.after}` : marks.after));
      await output.flush();
    },
  };
}

function storedRow(row: BlockRow, onBroken: OnBroken): StoredRow {
  const { index, where } = row;
  return readOrBroken(index, where, onBroken, () => ({ index, where, fields: row.fields, text: row.text }));
}

function addSplices(splices: Splice[], bytes: Buffer, row: BlockRow, edits: readonly Edit[]): void {
  for (const splice of splicesOf(bytes, row, edits)) splices.push(splice);
}
