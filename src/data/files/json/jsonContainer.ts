import { isUtf8 } from "node:buffer";
import { UserError } from "../../../util/errors.ts";
import type { Container, Edit, StoredRow } from "../container.ts";
import { stringifyRaw } from "../rawJson.ts";
import { arrayBlocks } from "./arrayBlocks.ts";
import { lineBlocks } from "./lineBlocks.ts";
import { OutputBuffer } from "./outputBuffer.ts";
import { parseRow } from "./parseRow.ts";
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
  function* rowsOf(block: RowBlock, name: string, before: number): Generator<StoredRow> {
    const valid = isUtf8(block.bytes);
    for (let i = 0; i < block.starts.length; i++) {
      const place = where(name, block.lines[i] as number, before + i);
      const fields = parseRow(block.bytes, block.starts[i] as number, block.ends[i] as number, valid, place);
      yield { index: before + i, where: place, fields };
    }
  }
  return {
    id,
    async *rows(source) {
      let count = 0;
      for await (const block of blocks(source)) {
        // All of a block at once: its bytes are gone when someone asks for the next one in between.
        const rows = [...rowsOf(block, source.name, count)].map((row, i) => {
          return { ...row, text: block.bytes.toString("utf8", block.starts[i], block.ends[i]) };
        });
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
        let i = 0;
        for (const row of rowsOf(block, source.name, count)) {
          const [start, end] = [block.starts[i] as number, block.ends[i] as number];
          const edits = editsOf(row);
          for (const [k, ofSink] of edits.entries())
            addSplices(splices[k] as Splice[], block, start, end, ofSink, row.where);
          i += 1;
        }
        count += i;
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

function addSplices(
  splices: Splice[],
  { bytes }: RowBlock,
  start: number,
  end: number,
  edits: readonly Edit[],
  where: string,
): void {
  if (edits.length > 0) splices.push(...splicesOf(bytes, start, end, edits, where));
}
