/** A terminal of unlimited height, for tests: what a reader sees after the control codes have done their work. */
export function screen(): { write(text: string): void; lines(): string[] } {
  const rows: string[] = [""];
  let row = 0;
  let column = 0;
  const put = (character: string): void => {
    const line = (rows[row] ?? "").padEnd(column);
    rows[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const control = (count: number, code: string): void => {
    if (code === "A") row -= count;
    if (code === "K") rows[row] = (rows[row] ?? "").slice(0, column);
    if (code === "J") {
      rows[row] = (rows[row] ?? "").slice(0, column);
      rows.length = row + 1;
    }
    if (row < 0) throw new Error("the cursor left the screen");
  };
  return {
    write(text) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences start with ESC.
      for (const [token, count, code] of text.matchAll(/\x1b\[(\d*)([A-Za-z])|[\s\S]/g)) {
        if (code !== undefined) control(Number(count || 1), code);
        else if (token === "\n") {
          row += 1;
          column = 0;
          rows[row] ??= "";
        } else if (token === "\r") column = 0;
        else put(token);
      }
    },
    lines: () => rows.map((line) => line.trimEnd()),
  };
}
