import { describe, expect, test } from "vitest";
import { type Dtype, fromFloat32, toFloat32 } from "../../src/engine/model/tensorDtypes.ts";

/** All numbers of a 16-bit format, by their bits. */
const all = (dtype: Dtype): Float32Array =>
  toFloat32(new Uint8Array(Uint16Array.from({ length: 65_536 }, (_, i) => i).buffer), dtype);

const bits = (values: ArrayLike<number>, dtype: Dtype): Uint16Array => {
  const bytes = fromFloat32(Float32Array.from(values), dtype);
  return new Uint16Array(bytes.buffer, bytes.byteOffset, values.length);
};

describe.each(["F16", "BF16"] as const)("%s", (dtype) => {
  test("every number comes back as it was", () => {
    const numbers = all(dtype);
    const back = bits(numbers, dtype);
    const isNumber = (i: number): boolean => !Number.isNaN(numbers[i]);
    expect([...back.keys()].filter((i) => isNumber(i) && back[i] !== i)).toEqual([]);
    const widened = toFloat32(new Uint8Array(back.buffer), dtype);
    expect([...back.keys()].filter((i) => isNumber(i) === Number.isNaN(widened[i]))).toEqual([]);
  });

  test("between two numbers the nearer is taken, and the even one in the middle", () => {
    const numbers = all(dtype);
    const infinity = dtype === "F16" ? 0x7c00 : 0x7f80;
    const middles = Float64Array.from(
      { length: infinity - 1 },
      (_, i) => ((numbers[i] as number) + (numbers[i + 1] as number)) / 2,
    );
    const nearby = (side: number): Uint16Array =>
      bits(
        Float32Array.from(middles, (x) => x * (1 + side * 2 ** -20)),
        dtype,
      );
    const [at, below, above] = [nearby(0), nearby(-1), nearby(1)];
    const wrong = [...middles.keys()].filter((i) => {
      const middle = middles[i] as number;
      // float32 has no such number, or none beside it, where it is subnormal itself.
      if (Math.fround(middle) !== middle) return false;
      if (at[i] !== (i % 2 === 0 ? i : i + 1)) return true;
      return middle > 2 ** -120 && (below[i] !== i || above[i] !== i + 1);
    });
    expect(wrong).toEqual([]);
  });

  test("beyond the range lies infinity", () => {
    const [infinity, largest] = dtype === "F16" ? [0x7c00, 65_504] : [0x7f80, 255 * 2 ** 120];
    expect([...bits([largest, -largest], dtype)]).toEqual([infinity - 1, 0x8000 + infinity - 1]);
    const far = [3.4e38 * (dtype === "F16" ? 1 : 1.0008), Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    expect([...bits(far, dtype)]).toEqual([infinity, infinity, 0x8000 + infinity]);
  });
});
