/** Bytes per element of the number formats that can be read. */
const bytes: Readonly<Record<string, number>> = { F32: 4, F16: 2, BF16: 2 };

export const supportedDtypes = Object.keys(bytes);

export const isSupportedDtype = (dtype: string): boolean => Object.hasOwn(bytes, dtype);

/** Bytes per element; 0 for an unsupported dtype. */
export const dtypeBytes = (dtype: string): number => bytes[dtype] ?? 0;

/**
 * Little-endian numbers as float32 values. F32 is a view on the same memory, F16 and BF16 are widened exactly.
 *
 * @param raw begins at a multiple of 4 in its memory
 * @param dtype F32, F16 or BF16
 */
export function toFloat32(raw: Uint8Array, dtype: string): Float32Array {
  const length = raw.byteLength / dtypeBytes(dtype);
  if (dtype === "F32") return new Float32Array(raw.buffer, raw.byteOffset, length);
  const halves = new Uint16Array(raw.buffer, raw.byteOffset, length);
  if (dtype === "F16") return Float32Array.from(halves, float16ToNumber);
  const words = new Uint32Array(length);
  for (let i = 0; i < length; i++) words[i] = (halves[i] as number) << 16;
  return new Float32Array(words.buffer);
}

/** IEEE 754 binary16: 1 sign bit, 5 exponent bits (bias 15), 10 fraction bits. */
function float16ToNumber(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
