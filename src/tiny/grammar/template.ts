import type { Random } from "../../util/random.ts";

/** Named parts of a template: `$who` in a template stands for `{…}` around the rule's text. */
export type Rules = Readonly<Record<string, string>>;

/**
 * One random text from a template: `{a|b|}` picks one alternative (they nest), `$name` inserts a rule.
 * A caret marks a verb (`^agree`); it stays in the text, see `plainText`.
 * @throws Error when a rule is missing or braces don't match
 */
export function expand(template: string, rules: Rules, rng: Random): string {
  let text = template;
  for (let depth = 0; depth < 64; depth++) {
    const before = text;
    text = text.replace(/\$(\w+)/g, (_, name: string) => {
      const rule = rules[name];
      if (rule === undefined) throw new Error(`template rule $${name} is not defined (in "${template}")`);
      return `{${rule}}`;
    });
    text = text.replace(/\{([^{}$]*)\}/g, (_, choices: string) => rng.pick(choices.split("|")));
    if (text === before) return tidy(text);
  }
  throw new Error(`template does not end: "${template}"`);
}

/** "they likes" -> "they like" */
function fixVerb(text: string): string {
  return text
    .replace(/has$/, "have")
    .replace(/([^v])s$/, "$1")
    .replace(/ves$/, "ve");
}

/** Single spaces, none before punctuation; the verb agrees with "I" and "they". */
export function tidy(text: string): string {
  return text
    .replace(/\ba (?=[aeio]|un)/g, "an ")
    .replace(/\bi (is|are)\b/g, "i am")
    .replace(/\bi (has|makes|gives|keeps|likes|wants|sees|needs|draws)\b/g, fixVerb)
    .replace(/\bthey (has|makes|gives|keeps|likes|wants|sees|needs|draws)\b/g, fixVerb)
    .replace(/\bthey (is|am)\b/g, "they are")
    .replace(/\s+/g, " ")
    .replace(/ ([.,?!:;)])/g, "$1")
    .replace(/\( /g, "(")
    .trim();
}

/** The text without verb marks, with capitals where sentences start. */
export function plainText(text: string): string {
  const bare = tidy(text.replaceAll("^", "")).replace(/\bi\b/g, "I");
  return bare.replace(/(^|[.!?] )([a-z])/g, (_, before: string, letter: string) => before + letter.toUpperCase());
}
