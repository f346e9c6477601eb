import type { ByteSink } from "../container.ts";
import type { Splice } from "./splices.ts";

const capacity = 1 << 20;

/** Gathers small pieces, so that a sink gets large ones. */
export class OutputBuffer {
  readonly #sink: ByteSink;
  #bytes = Buffer.alloc(0);
  #length = 0;

  constructor(sink: ByteSink) {
    this.#sink = sink;
  }

  /** All of `bytes`, with the splices, which are in order. */
  async copy(bytes: Buffer, splices: readonly Splice[]): Promise<void> {
    let from = 0;
    for (const splice of splices) {
      if (!this.#fits(bytes, from, splice.start)) await this.put(bytes.subarray(from, splice.start));
      if (!this.#fits(splice.bytes, 0, splice.bytes.length)) await this.put(splice.bytes);
      from = splice.end;
    }
    await this.put(bytes.subarray(from));
  }

  async put(bytes: Uint8Array): Promise<void> {
    if (this.#fits(bytes, 0, bytes.length)) return;
    await this.flush();
    if (!this.#fits(bytes, 0, bytes.length)) await this.#sink.write(bytes);
  }

  async flush(): Promise<void> {
    if (this.#length > 0) await this.#sink.write(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  /** Takes the bytes if there is room. */
  #fits(bytes: Uint8Array, start: number, end: number): boolean {
    const needed = this.#length + end - start;
    if (needed > capacity) return false;
    if (needed > this.#bytes.length) this.#grow(needed);
    if (bytes instanceof Buffer) bytes.copy(this.#bytes, this.#length, start, end);
    else this.#bytes.set(bytes.subarray(start, end), this.#length);
    this.#length = needed;
    return true;
  }

  #grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.min(capacity, Math.max(needed, 4 * this.#bytes.length)));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
