/** Whether two decimal numbers as JSON writes them have the same value, whatever their digits are. */
export function sameNumber(a: string, b: string): boolean {
  return a === b || normalized(a) === normalized(b);
}

/** Sign, digits without zeros at the ends, and the power of ten of the last one. */
function normalized(text: string): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return whole === "" ? text : `${sign}0`;
  return `${sign}${kept}e${Number(exponent) - fraction.length + digits.length - kept.length}`;
}
