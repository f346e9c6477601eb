/** Text of a model or a dataset made safe for a terminal: no control characters, one line. No-break spaces stay. */
export function printable(text: string): string {
  return text
    .replace(/[ \t\r\n]+/g, " ")
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu, "\ufffd")
    .trim();
}

/** Lines of at most `width` characters; later lines are indented by `hang`. Words longer than a line are cut. */
export function wrap(text: string, width: number, hang = 0): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ").flatMap((part) => chunks(part, width - hang))) {
    const room = lines.length === 0 ? width : width - hang;
    if (line !== "" && length(line) + 1 + length(word) > room) {
      lines.push(lines.length === 0 ? line : " ".repeat(hang) + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  lines.push(lines.length === 0 ? line : " ".repeat(hang) + line);
  return lines;
}

/** Pads with spaces to `width` characters; text that is too long ends in an ellipsis. */
export function pad(text: string, width: number, side: "left" | "right" = "left"): string {
  const characters = [...text];
  if (characters.length > width) return `${characters.slice(0, Math.max(0, width - 1)).join("")}…`;
  const space = " ".repeat(width - characters.length);
  return side === "left" ? text + space : space + text;
}

/** Cuts a line at `width` visible characters; color codes take no room and are closed. */
export function clip(line: string, width: number): string {
  let room = width;
  let clipped = "";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: color codes start with ESC.
  for (const part of line.split(/(\x1b\[[0-9;]*m)/)) {
    if (part.startsWith("\x1b[")) {
      clipped += part;
      continue;
    }
    const characters = [...part];
    clipped += characters.slice(0, room).join("");
    room -= Math.min(room, characters.length);
  }
  return clipped;
}

function chunks(word: string, width: number): string[] {
  const characters = [...word];
  if (characters.length <= width) return [word];
  return Array.from({ length: Math.ceil(characters.length / width) }, (_, index) =>
    characters.slice(index * width, (index + 1) * width).join(""),
  );
}

function length(text: string): number {
  return [...text].length;
}
