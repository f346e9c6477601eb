/** The number formats that can be read and written, as safetensors names them. */
export type Dtype = "F32" | "F16" | "BF16";

const bytes: Readonly<Record<Dtype, number>> = { F32: 4, F16: 2, BF16: 2 };

/** The formats by the names that PyTorch and config.json have for them. */
export const dtypesByName = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;

export const supportedDtypes = Object.keys(bytes);

export const isSupportedDtype = (dtype: string): dtype is Dtype => Object.hasOwn(bytes, dtype);

/** Bytes per element. */
export const dtypeBytes = (dtype: Dtype): number => bytes[dtype];

/**
 * Little-endian numbers as float32 values. F32 is a view on the same memory, F16 and BF16 are widened exactly.
 *
 * @param raw begins at a multiple of 4 in its memory
 */
export function toFloat32(raw: Uint8Array, dtype: Dtype): Float32Array {
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

/**
 * float32 values as little-endian numbers of another format, rounded to the nearest, ties to even. F32 is a view on the
 * same memory. What lies beyond a format's range becomes infinite.
 */
export function fromFloat32(data: Float32Array, dtype: Dtype): Uint8Array {
  if (dtype === "F32") return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const narrow = dtype === "BF16" ? toBfloat16 : toFloat16;
  const halves = new Uint16Array(words.length);
  for (let i = 0; i < words.length; i++) halves[i] = narrow(words[i] as number);
  return new Uint8Array(halves.buffer);
}

const isNaNWord = (word: number): boolean => (word & 0x7fffffff) > 0x7f800000;

/** The upper half of a float32's bits. */
function toBfloat16(word: number): number {
  if (isNaNWord(word)) return (word >>> 16) | 0x40;
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

/** IEEE 754 binary16 from a float32's bits. */
function toFloat16(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  if (isNaNWord(word)) return sign | 0x7e00;
  const exponent = ((word >>> 23) & 0xff) - 127;
  if (exponent > 15) return sign | 0x7c00;
  const fraction = (word & 0x7fffff) | 0x800000;
  // Below 2^-14 numbers have fewer bits: more of the fraction is dropped.
  const dropped = exponent < -14 ? 13 - 14 - exponent : 13;
  if (dropped > 24) return sign;
  const kept = fraction >>> dropped;
  const rest = fraction & ((1 << dropped) - 1);
  const tie = 1 << (dropped - 1);
  const rounded = kept + Number(rest > tie || (rest === tie && (kept & 1) === 1));
  // A carry out of the fraction goes into the exponent, as it should.
  return sign | (exponent < -14 ? rounded : rounded + ((exponent + 14) << 10));
}
