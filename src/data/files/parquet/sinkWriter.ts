import { brotliCompressSync, gzipSync } from "node:zlib";
import type { CompressionCodec, ConvertedType, KeyValue, SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { ByteSink } from "../container.ts";

/** One column of one row group. */
export interface ColumnOfGroup {
  name: string;
  data: unknown[];
  codec: CompressionCodec;
}

/** Codecs that can be written; files with others are packed by the first when they are written again. */
const compressors = {
  GZIP: (bytes: Uint8Array) => gzipSync(bytes),
  BROTLI: (bytes: Uint8Array) => brotliCompressSync(bytes),
};
const written: ReadonlySet<CompressionCodec> = new Set(["SNAPPY", "UNCOMPRESSED", "GZIP", "BROTLI"]);

/** Writes row groups to a sink, one after the other. */
export class SinkWriter {
  readonly #sink: ByteSink;
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;

  /** @param schema by which the values are stored */
  constructor(sink: ByteSink, schema: SchemaElement[], kvMetadata: KeyValue[] | undefined, createdBy?: string) {
    this.#sink = sink;
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema,
      compressors,
      statistics: false,
      ...(kvMetadata && { kvMetadata }),
      ...(createdBy !== undefined && { createdBy }),
    });
  }

  async writeGroup(columns: readonly ColumnOfGroup[], rows: number): Promise<void> {
    const columnData = columns.map(({ codec, ...column }) => ({
      ...column,
      codec: written.has(codec) ? codec : ("SNAPPY" as const),
    }));
    await this.#writer.write({ columnData, rowGroupSize: rows });
    await this.#drain();
  }

  /** @param schema by which readers are to understand the values, where it is another one */
  async finish(schema?: SchemaElement[]): Promise<void> {
    if (schema) this.#writer.schema = schema.map(withConvertedInteger);
    await this.#writer.finish();
    await this.#drain();
  }

  async #drain(): Promise<void> {
    if (this.#bytes.index === 0) return;
    await this.#sink.write(this.#bytes.getBytes());
    this.#bytes.index = 0;
  }
}

/** Sizes and signs of integers in the older of the two ways to say them: the writer garbles the newer one. */
function withConvertedInteger(element: SchemaElement): SchemaElement {
  const { logical_type: logical, ...rest } = element;
  if (logical?.type !== "INTEGER") return element;
  const converted = `${logical.isSigned ? "" : "U"}INT_${logical.bitWidth}` as ConvertedType;
  return { ...rest, converted_type: element.converted_type ?? converted };
}
