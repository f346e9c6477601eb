const opening = /(?:\basync )?\bdef \s*\w+ ?\s*\(|^class \w+ ?[:(]|^\w+ = lambda\b/;
const above =
  /^(?:import [\w.]+(?: as \w+)?(?:, ?[\w.]+(?: as \w+)?)*|from [\w.]+ import .+|@[\w.]+(?:\(.*\))?|#.*|[A-Za-z_]\w* ?(?::[^=]+)?= ?\S.*)?\s*$/;
const below =
  /^(?:(?:async )?def |class \w+ ?[:(]|import [\w.]+|from [\w.]+ import |@\w|#|\w+(?:\[.*\])? ?[-+*/]?= ?\S|(?:print|assert)\b ?\(?|(?:if|for|while|with|try|else|elif|except|finally)\b.*:\s*$|[)\]}])/;
const inline = /`([^`\n]*(?:\bdef \w+\s*\(|\w+ = lambda\b)[^`\n]*)`/;

/** How a line leaves open brackets and texts over several lines. Quotes and comments within a line are not looked into. */
class Openness {
  #depth = 0;
  #quote: string | undefined;

  get isOpen(): boolean {
    return this.#depth > 0 || this.#quote !== undefined;
  }

  read(line: string): void {
    const bare = line.replace(/(?<!["'])(["'])(?!\1)(?:\\.|(?!\1).)*\1(?!\1)/g, "");
    for (const [mark] of bare.matchAll(/"""|'''|[([{]|[)\]}]|#.*/g)) {
      if (this.#quote !== undefined) {
        if (mark === this.#quote) this.#quote = undefined;
      } else if (mark.length === 3 && mark[0] !== "#") this.#quote = mark;
      else if (mark.startsWith("#")) return;
      else this.#depth = Math.max(0, this.#depth + (/[([{]/.test(mark) ? 1 : -1));
    }
  }
}

/** An indented block of code stands flush. */
const withoutIndent = (line: string, indent: string): string =>
  line.startsWith(indent) ? line.slice(indent.length) : line;

/**
 * Python in a text without fences: from the imports above the first function, class or lambda to the last line that can
 * belong to the code. A function that stands within a line begins there. `null` where nothing is defined.
 */
export function unfencedCode(text: string): string | null {
  const withinLine = inline.exec(text)?.[1];
  if (withinLine !== undefined) return withinLine;
  const lines = text.split("\n");
  const first = lines.findIndex((line) => opening.test(line));
  if (first < 0) return null;
  const indent = /^[ \t]+(?=(?:async def|def|class)\b)/.exec(lines[first] as string)?.[0];
  if (indent !== undefined) return unfencedCode(lines.map((line) => withoutIndent(line, indent)).join("\n"));
  const line = lines[first] as string;
  const start = opening.exec(line)?.index ?? 0;
  let top = first;
  if (start === 0) while (top > 0 && above.test(lines[top - 1] as string)) top -= 1;
  const openness = new Openness();
  const code = [line.slice(start)];
  openness.read(line.slice(start));
  const isFlush = /:\s*$/.test(line) && /^return\b/.test(lines[first + 1] ?? "");
  for (const next of lines.slice(first + 1)) {
    const belongs = openness.isOpen || next.trim() === "" || /^[ \t]/.test(next) || below.test(next);
    if (!belongs && !isFlush) break;
    code.push(next);
    openness.read(next);
  }
  return [...lines.slice(top, first), ...code].join("\n").trim();
}
