/**
 * A value of Python as far as its equality can be told without Python. `size` stands for what only Python compares:
 * dictionaries and sets of equal size, complex numbers.
 */
export type Plain =
  | null
  | boolean
  | number
  | bigint
  | { kind: "text" | "bytes"; bytes: string }
  | { kind: "list" | "tuple"; items: Plain[] }
  | { kind: "dict" | "set" | "complex"; size: number }
  | { kind: "ellipsis" };

/**
 * Reads what `marshal.dumps(value, 2)` wrote: None, numbers, text, bytes, tuples, lists, dictionaries and sets.
 *
 * @returns `undefined` where it holds anything else, e.g. code
 */
export function readMarshal(bytes: Uint8Array): Plain | undefined {
  const reader = new Reader(bytes);
  const value = reader.read();
  return reader.ok && reader.atEnd ? value : undefined;
}

class Reader {
  ok = true;
  readonly #view: DataView;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  read(): Plain {
    const type = String.fromCharCode(this.#view.getUint8(this.#at++));
    switch (type) {
      case "N":
        return null;
      case "T":
        return true;
      case "F":
        return false;
      case ".":
        return { kind: "ellipsis" };
      case "i":
        return this.#int32();
      case "l":
        return this.#long();
      case "g":
        return this.#float();
      case "y":
        this.#at += 16;
        return { kind: "complex", size: 1 };
      case "u":
      case "t":
        return { kind: "text", bytes: this.#block() };
      case "s":
        return { kind: "bytes", bytes: this.#block() };
      case "(":
        return { kind: "tuple", items: this.#items(this.#int32()) };
      case "[":
        return { kind: "list", items: this.#items(this.#int32()) };
      case "<":
      case ">":
        return { kind: "set", size: this.#items(this.#int32()).length };
      case "{":
        return { kind: "dict", size: this.#pairs() };
      default:
        this.ok = false;
        return null;
    }
  }

  #int32(): number {
    this.#at += 4;
    return this.#view.getInt32(this.#at - 4, true);
  }

  #float(): number {
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  /** A count of 15-bit digits, negative for a negative number, and the digits from the lowest up. */
  #long(): bigint {
    const count = this.#int32();
    let hex = "";
    let bits = 0;
    let held = 0;
    for (let i = 0; i < Math.abs(count); i++) {
      held |= this.#view.getUint16(this.#at, true) << bits;
      bits += 15;
      this.#at += 2;
      for (; bits >= 4; bits -= 4, held >>>= 4) hex += (held & 15).toString(16);
    }
    hex += held.toString(16);
    const magnitude = BigInt(`0x${[...hex].reverse().join("")}`);
    return count < 0 ? -magnitude : magnitude;
  }

  /** The bytes as text of one character a byte. */
  #block(): string {
    const length = this.#int32();
    this.#at += length;
    return this.#bytes.toString("latin1", this.#at - length, this.#at);
  }

  #items(count: number): Plain[] {
    const items: Plain[] = [];
    for (let i = 0; i < count && this.ok; i++) items.push(this.read());
    return items;
  }

  #pairs(): number {
    for (let pairs = 0; this.ok; pairs++) {
      if (this.#bytes[this.#at] === 0x30) {
        this.#at++;
        return pairs;
      }
      this.read();
      this.read();
    }
    return 0;
  }
}

/** Python's `left == right`; `undefined` where only Python can tell. */
export function plainEqual(left: Plain, right: Plain): boolean | undefined {
  if (left === null || right === null) return left === right;
  const [leftNumber, rightNumber] = [asNumber(left), asNumber(right)];
  if (leftNumber !== undefined && rightNumber !== undefined) return numbersEqual(leftNumber, rightNumber);
  if (typeof left !== "object" || typeof right !== "object") {
    const isComplex = [left, right].some((value) => typeof value === "object" && value.kind === "complex");
    return isComplex ? undefined : false;
  }
  if (left.kind !== right.kind) return false;
  if ("bytes" in left && "bytes" in right) return left.bytes === right.bytes;
  if ("items" in left && "items" in right) return itemsEqual(left.items, right.items);
  if ("size" in left && "size" in right) return left.size === right.size ? undefined : false;
  return true;
}

const asNumber = (value: Plain): number | bigint | undefined =>
  typeof value === "boolean" ? Number(value) : typeof value === "object" ? undefined : value;

function numbersEqual(left: number | bigint, right: number | bigint): boolean {
  if (typeof left === typeof right) return left === right;
  const [whole, float] = (typeof left === "bigint" ? [left, right] : [right, left]) as [bigint, number];
  return Number.isInteger(float) && BigInt(float) === whole;
}

/** Python compares in order and stops at the first difference; that cannot change the outcome for plain values. */
function itemsEqual(left: readonly Plain[], right: readonly Plain[]): boolean | undefined {
  if (left.length !== right.length) return false;
  let result: boolean | undefined = true;
  for (const [i, item] of left.entries()) {
    const equal = plainEqual(item, right[i] as Plain);
    if (equal === false) return false;
    if (equal === undefined) result = undefined;
  }
  return result;
}
