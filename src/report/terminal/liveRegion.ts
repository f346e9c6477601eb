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
  draw(lines: readonly string[]): void;
  print(lines: readonly string[]): void;
  /** Removes the lines. */
  clear(): void;
}

/** A live region at the cursor. Lines are cut to the terminal's width, and their number to its height. */
export function liveRegion(stream: TerminalStream): LiveRegion {
  let shown: string[] = [];
  const up = (): string => (shown.length === 0 ? "" : `\x1b[${shown.length}A\r`);
  const fitted = (lines: readonly string[]): string[] => {
    const width = Math.max(20, (stream.columns ?? 80) - 1);
    const height = Math.max(4, (stream.rows ?? 24) - 1);
    const kept = lines.length <= height ? lines : [...lines.slice(0, height - 4), "  …", ...lines.slice(-3)];
    return kept.map((line) => clip(line, width));
  };
  const put = (lines: readonly string[]): string => lines.map((line) => `${line}\x1b[K\n`).join("");
  return {
    draw(lines) {
      const next = fitted(lines);
      stream.write(`${up()}${put(next)}\x1b[J`);
      shown = next;
    },
    print(lines) {
      stream.write(`${up()}${put(lines)}${put(shown)}\x1b[J`);
    },
    clear() {
      if (shown.length > 0) stream.write(`${up()}\x1b[J`);
      shown = [];
    },
  };
}
