/** A line that opens or closes a fence: the marker, the language, and the rest of an opening line. */
const fence = /^\s*(`{3,}|~{3,})\s*([\w+-]*)([^`]*)$/;
const python = new Set(["python", "python3", "py"]);

/**
 * The code of a reply: what stands in the first fence marked as Python, else in the first fence at all, else all of it.
 * A fence that is not closed reaches to the end.
 */
export function fencedCode(reply: string): string {
  const blocks: { language: string; lines: string[] }[] = [];
  let open: { marker: string; lines: string[] } | undefined;
  for (const line of reply.split(/\r?\n/)) {
    const [, marker = "", language = "", rest = ""] = fence.exec(line) ?? [];
    const closes = open !== undefined && marker.startsWith(open.marker) && `${language}${rest}`.trim() === "";
    if (closes) open = undefined;
    else if (open) open.lines.push(line);
    else if (marker !== "") {
      open = { marker, lines: [] };
      blocks.push({ language: language.toLowerCase(), lines: open.lines });
    }
  }
  const block = blocks.find(({ language }) => python.has(language)) ?? blocks[0];
  return block ? block.lines.join("\n") : reply;
}
