import { UserError } from "../../../util/errors.ts";
import type { ByteSource, Container, Edit, StoredRow } from "../container.ts";
import { editText, isTextEdit, type TextEdit } from "../textEdits.ts";
import { quotedText } from "./quotedText.ts";
import { records, type TableRecord } from "./records.ts";
import { cellText, expectUtf8, TableColumns, TableRow } from "./tableRow.ts";
import { writeTable } from "./writeTable.ts";

/** Cells parted by commas, RFC 4180. The first line names the columns. */
export const csv: Container = tableContainer("csv", ",");

/** The same with tabs. */
export const tsv: Container = tableContainer("tsv", "\t");

/** A record with the row that it holds; a header and blank lines hold none. */
interface ReadRecord {
  record: TableRecord;
  row?: TableRow;
  names: readonly string[];
}

function tableContainer(id: "csv" | "tsv", delimiter: string): Container {
  const byte = delimiter.charCodeAt(0);
  return {
    id,
    async *rows(source, check) {
      for await (const { row } of readRecords(source, byte)) {
        if (!row) continue;
        if (check !== "on-use") row.expectSound();
        yield row;
      }
    },
    async rewrite(source, sinks, editsOf) {
      for await (const { record, row, names } of readRecords(source, byte)) {
        row?.expectSound();
        const edits = row ? editsOf(row) : [];
        for (const [i, sink] of sinks.entries()) {
          const own = edits[i] ?? [];
          await sink.write(row && own.length > 0 ? edited(record, row, names, own, delimiter) : record.bytes);
        }
      }
    },
    write: (rows, sink, lose, whereOf) => writeTable(rows, sink, delimiter, lose, whereOf),
  };
}

async function* readRecords(source: ByteSource, delimiter: number): AsyncGenerator<ReadRecord> {
  let columns: TableColumns | undefined;
  let index = 0;
  for await (const record of records(source, delimiter)) {
    const where = `${source.name}:${record.line}`;
    if (!columns) {
      columns = new TableColumns(headerOf(record, where));
      yield { record, names: columns.names };
      continue;
    }
    const { names } = columns;
    if (isBlank(record)) yield { record, names };
    else yield { record, names, row: new TableRow(record, columns, index++, where) };
  }
  if (index === 0) throw new UserError(`${source.name}: expected a line of names and rows below it, found no row`);
}

function isBlank({ cells: [first, ...others] }: TableRecord): boolean {
  return others.length === 0 && first?.start === first?.end;
}

function headerOf({ bytes, cells }: TableRecord, where: string): string[] {
  expectUtf8(bytes, where);
  const names = cells.map((cell) => cellText(bytes, cell));
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice === undefined) return names;
  throw new UserError(`${where}: expected a name for each column, found ${JSON.stringify(twice)} twice; rename one`);
}

/** The record's bytes with the edited cells new, all else as it is. */
function edited(
  { bytes, cells }: TableRecord,
  { fields, where }: StoredRow,
  names: readonly string[],
  edits: readonly Edit[],
  delimiter: string,
): Buffer {
  const texts = new Map<string, TextEdit[]>();
  for (const edit of edits) {
    const name = edit.kind === "add" ? edit.name : String(edit.path[0]);
    if (!names.includes(name)) {
      throw new UserError(`${where}: the table has no column "${name}"; add one, or put the prompt elsewhere`);
    }
    if (edit.kind !== "add" && (edit.path.length > 1 || !isTextEdit(edit))) {
      throw new Error(`${where}: a cell holds no lists, so none at ${edit.path.join(".")}`);
    }
    const change = isTextEdit(edit) ? edit : asText(edit, name, where);
    texts.set(name, [...(texts.get(name) ?? []), change]);
  }
  const pieces: Buffer[] = [];
  let at = 0;
  cells.forEach(({ start, end, quoted }, i) => {
    const name = names[i] as string;
    const changes = texts.get(name);
    if (!changes) return;
    const text = editText(fields[name] as string, changes);
    pieces.push(bytes.subarray(at, start), Buffer.from(quotedText(text, delimiter, quoted)));
    at = end;
  });
  return Buffer.concat([...pieces, bytes.subarray(at)]);
}

function asText(edit: Edit, name: string, where: string): TextEdit {
  if (edit.kind === "add" && typeof edit.value === "string") return { kind: "append", path: [name], text: edit.value };
  throw new UserError(`${where}: a cell of column "${name}" holds text alone`);
}
