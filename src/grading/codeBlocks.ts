/** A fenced block of a reply. */
export interface CodeBlock {
  /** First word behind the opening fence, lowercase; empty without one. */
  language: string;
  code: string;
  /** What the reply says between the block before and this one. */
  before: string;
}

const fence = /^([ \t]*)(`{3,}|~{3,})[ \t]*(.*)$/;
const inlineFence = /```(?:[ \t]*(?:python3?|py)\b)?[ \t]*([^`\n]*\bdef\b[^`\n]*)```/i;

/** Lines without the indentation that all of them share. */
export function dedent(lines: readonly string[]): string {
  const indents = lines.filter((line) => line.trim() !== "").map((line) => /^[ \t]*/.exec(line)?.[0].length ?? 0);
  const shared = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  return lines.map((line) => line.slice(Math.min(shared, line.length))).join("\n");
}

/** Code that stands behind the language of an opening fence. */
const codeBehind = /^\S*[ \t]+((?:async def|def|class|import|from)\b.*|@\w.*)$/;

/** A fence inside a block closes it unless it opens like one with a language; prose may follow on its line. */
function closes(marker: string, rest: string, open: string): boolean {
  return marker.startsWith(open) && (rest === "" || /\s/.test(rest.trim()));
}

/**
 * The fenced blocks of a reply, of backticks or tildes, without their indentation. One that is not closed reaches to the
 * end. `rest` is what stands outside, where a lone closing fence is left out.
 */
export function codeBlocks(text: string): { blocks: CodeBlock[]; rest: string } {
  const blocks: CodeBlock[] = [];
  let outside: string[] = [];
  const rest: string[] = [];
  let open: { marker: string; language: string; lines: string[] } | undefined;
  const end = (): void => {
    if (open === undefined) return;
    blocks.push({ language: open.language, code: dedent(open.lines), before: outside.join("\n") });
    outside = [];
    open = undefined;
  };
  for (const line of text.split("\n")) {
    const [, , marker = "", info = ""] = fence.exec(line) ?? [];
    if (open !== undefined) {
      if (marker !== "" && closes(marker, info, open.marker)) {
        end();
        outside.push(info);
      } else if (line.endsWith(open.marker)) {
        open.lines.push(line.slice(0, -open.marker.length));
        end();
      } else open.lines.push(line);
    } else if (marker !== "" && !info.includes("`")) {
      const language = /^\{?\.?([\w+#-]*)/.exec(info)?.[1]?.toLowerCase() ?? "";
      const first = codeBehind.exec(info)?.[1];
      open = { marker, language, lines: first === undefined ? [] : [first] };
    } else {
      const inline = inlineFence.exec(line)?.[1];
      if (inline !== undefined) blocks.push({ language: "python", code: inline, before: outside.join("\n") });
      outside.push(line);
      rest.push(line);
    }
  }
  end();
  return { blocks, rest: rest.join("\n") };
}
