import type { SchemaElement } from "hyparquet";

/** A decimal as it is written: its unscaled integer with `scale` digits behind the point. */
export function unscaledText(value: number | bigint | Uint8Array, scale: number): string {
  const integer = value instanceof Uint8Array ? signedInteger(value) : BigInt(value);
  const digits = String(integer < 0n ? -integer : integer).padStart(scale + 1, "0");
  const sign = integer < 0n ? "-" : "";
  return scale === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Big-endian, two's complement. */
function signedInteger(bytes: Uint8Array): bigint {
  if (bytes.length === 0) return 0n;
  return BigInt.asIntN(8 * bytes.length, BigInt(`0x${Buffer.from(bytes).toString("hex")}`));
}

const nanosOf = { MILLIS: 1_000_000n, MICROS: 1_000n, NANOS: 1n } as const;
const nanosOfSecond = 1_000_000_000n;

/** A date or a timestamp in ISO 8601; nothing for other types. */
export function dateTimeText(value: unknown, element: SchemaElement): string | undefined {
  const { converted_type: converted, logical_type: logical, type } = element;
  if (converted === "DATE" || logical?.type === "DATE") return isoDate(BigInt(value as number));
  // Of the old type INT96, which is read as nanoseconds.
  if (type === "INT96") return isoDateTime(value as bigint, 1n);
  if (logical?.type === "TIMESTAMP") {
    const zone = logical.isAdjustedToUTC ? "Z" : "";
    return `${isoDateTime(value as bigint, nanosOf[logical.unit])}${zone}`;
  }
  if (converted === "TIMESTAMP_MILLIS") return `${isoDateTime(value as bigint, nanosOf.MILLIS)}Z`;
  if (converted === "TIMESTAMP_MICROS") return `${isoDateTime(value as bigint, nanosOf.MICROS)}Z`;
  return undefined;
}

/** A time of day in ISO 8601; nothing for other types. */
export function timeText(value: unknown, { converted_type: converted, logical_type: logical }: SchemaElement) {
  if (logical?.type === "TIME") return clock(BigInt(value as number | bigint) * nanosOf[logical.unit]);
  if (converted === "TIME_MILLIS") return clock(BigInt(value as number) * nanosOf.MILLIS);
  if (converted === "TIME_MICROS") return clock((value as bigint) * nanosOf.MICROS);
  return undefined;
}

function isoDateTime(value: bigint, unit: bigint): string {
  const nanos = value * unit;
  const ofDay = 86_400n * nanosOfSecond;
  const day = (nanos - (((nanos % ofDay) + ofDay) % ofDay)) / ofDay;
  return `${isoDate(day)}T${clock(nanos - day * ofDay)}`;
}

function isoDate(day: bigint): string {
  const date = new Date(Number(day) * 86_400_000);
  return Number.isNaN(date.getTime()) ? `day ${day} from 1970-01-01` : (date.toISOString().split("T")[0] as string);
}

function clock(nanos: bigint): string {
  const two = (value: bigint): string => String(value).padStart(2, "0");
  const seconds = nanos / nanosOfSecond;
  const fraction = String(nanos % nanosOfSecond)
    .padStart(9, "0")
    .replace(/0+$/, "");
  const time = `${two(seconds / 3600n)}:${two((seconds / 60n) % 60n)}:${two(seconds % 60n)}`;
  return fraction === "" ? time : `${time}.${fraction}`;
}
