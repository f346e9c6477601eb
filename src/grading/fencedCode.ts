import { type CodeBlock, codeBlocks } from "./codeBlocks.ts";
import { ownText } from "./ownText.ts";
import { unfencedCode } from "./unfencedCode.ts";

const python = new Set(["python", "python3", "py", "py3", "python2", "pycon", "ipython", ""]);
const definition = /^(?:async def|def|class)[ \t]+(\w+)|^(\w+)[ \t]*=[ \t]*lambda\b/gm;
const importsOnly = /^(?:\s*(?:import|from)\b[^\n]*\n?|\s*#[^\n]*\n?|\s*\n)+$/;
const corrects =
  /\b(?:wait|wrong|correct(?:ed|ion)?|fix(?:ed|es)?|bug|oops|mistake|fails?|problem|should be|better|instead|actually|fill it in|complete|improved|revised|hmm)\b/i;
const doesNotCorrect =
  /\b(?:alternativ\w*|another (?:option|way)|or shorter|should not|shouldn't|do not write|don't write)\b/i;
const stub = /:\s*(?:#[^\n]*\s*)?(?:pass|\.\.\.|raise NotImplementedError\b[^\n#]*)[ \t]*(?:#[^\n]*)?\s*$/;

/**
 * The Python code in a reply; `null` where there is none. By these rules:
 *
 * 1. Fenced blocks in Python, or without a language, that define something. Tests, examples and output are left out.
 * 2. The first of them; a later one that defines the same in its place where the words between call the first wrong, or the
 *    first is a stub. Blocks of imports before it, helpers that it calls or that call it belong to it.
 * 3. Without such a block, what is fenced as Python; without a fence, the imports, decorators, functions and classes that
 *    stand in the text, without the prose around them.
 * 4. `>>>` and HTML escapes are taken off.
 */
export function fencedCode(reply: string): string | null {
  const text = unescapeHtml(unquote(ownText(withLines(reply))));
  const { blocks, rest } = codeBlocks(text);
  const readable = blocks
    .filter(({ language }) => python.has(language))
    .map((block) => ({ ...block, code: fromSession(block.code) }));
  const definers = readable.filter(({ code }) => namesOf(code).some((name) => !/^test|^Test/.test(name)));
  if (definers.length > 0) return joined(readable, definers);
  const marked = readable.find(({ language, code }) => language !== "" && code.trim() !== "");
  return marked?.code ?? unfencedCode(fromSession(rest));
}

const namesOf = (code: string): string[] => [...code.matchAll(definition)].map((match) => match[1] ?? match[2] ?? "");

const mentions = (code: string, names: readonly string[]): boolean =>
  names.some((name) => new RegExp(`\\b${name}\\b`).test(code));

function joined(all: readonly CodeBlock[], definers: readonly CodeBlock[]): string {
  let main = definers[0] as CodeBlock;
  const kept: CodeBlock[] = [main];
  for (const block of definers.slice(1)) {
    const names = namesOf(block.code);
    const redefines = mentions(namesOf(main.code).join(" "), names);
    const isBetter = corrects.test(block.before) && !doesNotCorrect.test(block.before);
    if (redefines) {
      if (!isBetter && !stub.test(main.code.trimEnd())) continue;
      kept.splice(kept.indexOf(main), 1, block);
      main = block;
    } else if (mentions(main.code, names)) kept.push(block);
    else if (mentions(block.code, namesOf(main.code)) && !isExample(block)) {
      kept.push(block);
      main = block;
    }
  }
  const first = all.indexOf(definers[0] as CodeBlock);
  const imports = all.slice(0, first).filter(({ code }) => code.trim() !== "" && importsOnly.test(code));
  return [...imports, ...kept].map(({ code }) => code).join("\n");
}

const isExample = ({ code }: CodeBlock): boolean => namesOf(code).every((name) => /^test|^Test|^main$/.test(name));

/** The statements of a `>>>` session that define or import something; any other text as it is. */
function fromSession(code: string): string {
  if (!/^\s*>>> /m.test(code) || /^\s*(?:async def|def|class)\b/m.test(code)) return code;
  const statements: string[][] = [];
  for (const line of code.split("\n")) {
    const [, prompt, rest = ""] = /^\s*(>>>|\.\.\.)(?: (.*))?$/.exec(line) ?? [];
    if (prompt === ">>>") statements.push([rest]);
    else if (prompt === "..." && rest.trim() !== "") statements.at(-1)?.push(rest);
  }
  const isKept = ([first = ""]: string[]): boolean => /^(?:async def|def|class|import|from|@|\w+\s*=)/.test(first);
  return statements.filter(isKept).flat().join("\n");
}

const withLines = (reply: string): string => reply.replace(/\r\n?/g, "\n");

/** A reply whose fences stand in a block quote, without the quote's marks. */
const unquote = (text: string): string => (/^> ?(?:```|~~~)/m.test(text) ? text.replace(/^> ?/gm, "") : text);

function unescapeHtml(text: string): string {
  const code = /<code[^>]*>([\s\S]*?)<\/code>/i.exec(text)?.[1];
  const inner = code !== undefined && /\bdef\b/.test(code) ? code : text;
  // Code that escapes HTML itself has some of these signs bare.
  if (!/&(?:lt|gt|amp|quot|#39);/.test(inner) || /[<>]|&(?!\w+;|#)/.test(inner)) return inner;
  return inner
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}
