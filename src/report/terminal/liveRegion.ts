import { clip } from "./text.ts";

/** What a terminal needs to offer; `process.stderr` and `process.stdout` do. */
export interface TerminalStream {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

/** Lines at the bottom of a terminal that are redrawn in place; text printed meanwhile scrolls by above them. */
export interface LiveRegion {
  /** Shows these lines in place of the last ones; does nothing where there is no terminal. */
  draw(lines: readonly string[]): void;
  /** Prints for good. Of several empty lines in a row, also over two calls, one is printed. */
  print(lines: readonly string[]): void;
  /** Removes the lines. */
  clear(): void;
}

/** A live region at the cursor. Lines are cut to the terminal's width, and their number to its height. */
export function liveRegion(stream: TerminalStream): LiveRegion {
  const live = stream.isTTY === true;
  let shown: string[] = [];
  let afterBlank = false;
  const single = (lines: readonly string[]): string[] =>
    lines
      .flatMap((line) => line.split("\n"))
      .filter((line) => {
        const keep = line !== "" || !afterBlank;
        afterBlank = line === "";
        return keep;
      });
  const fitted = (lines: readonly string[]): string[] => {
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const height = Math.max(4, (stream.rows ?? 24) - 1);
    const kept = lines.length <= height ? lines : [...lines.slice(0, height - 4), "  …", ...lines.slice(-3)];
    return kept.map((line) => clip(line, width));
  };
  const put = (lines: readonly string[]): string => lines.map((line) => `${line}${live ? "\x1b[K" : ""}\n`).join("");
  const redraw = (above: readonly string[], below: string[]): void => {
    const up = shown.length === 0 ? "" : `\x1b[${shown.length}A\r`;
    stream.write(live ? `${up}${put(above)}${put(below)}\x1b[J` : put(above));
    shown = below;
  };
  return {
    draw: (lines) => live && redraw([], fitted(lines)),
    print: (lines) => redraw(single(lines), shown),
    clear: () => shown.length > 0 && redraw([], []),
  };
}
