import { UserError } from "../../util/errors.ts";

/** A step of tokenizer.json's `normalizer` or `pre_tokenizer`. */
type Step = Record<string, unknown>;

const isStep = (step: unknown): step is Step => typeof step === "object" && step !== null;
const sequence = (...normalizers: Step[]): Step => ({ type: "Sequence", normalizers });
const replace = (pattern: string, content: string): Step => ({ type: "Replace", pattern: { Regex: pattern }, content });
/** The matches alone are pieces. */
const matches = (pattern: string): Step => split(pattern, "Removed", true);
const split = (pattern: string, behavior: string, invert = false): Step => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior,
  invert,
});

/** Letters, marks, digits and connectors of every script, as in the Rust library's `\\w`. */
const word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\u200c\\u200d";
const punctuation = "\\p{P}\\x21-\\x2f\\x3a-\\x40\\x5b-\\x60\\x7b-\\x7e";
/** Ideographs beyond the basic plane, which BERT's normalizer sets apart. */
const farIdeographs = "[\\x{20000}-\\x{2A6DF}\\x{2A700}-\\x{2B81F}\\x{2B920}-\\x{2CEAF}\\x{2F800}-\\x{2FA1F}]";
const byteLevelWords = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
/** The Rust library lowers each letter alone; JavaScript would write a final sigma at the end of a word. */
const plainSigma = replace("\u03a3", "\u03c3");

/**
 * A normalizer in steps that the JavaScript library takes as the Rust library does.
 *
 * @param where names the field in errors
 * @throws UserError on a step that the JavaScript library only approximates
 */
export function normalizerSteps(step: unknown, where: string): unknown {
  if (!isStep(step)) return step;
  if (Array.isArray(step.normalizers)) {
    return { ...step, normalizers: step.normalizers.map((inner) => normalizerSteps(inner, where)) };
  }
  switch (step.type) {
    case "Lowercase":
      return sequence(plainSigma, step);
    case "BertNormalizer": {
      const far = step.handle_chinese_chars === true ? [replace(farIdeographs, " $& ")] : [];
      return sequence(...(step.lowercase === true ? [plainSigma] : []), ...far, step);
    }
    case "Strip": {
      const left = step.strip_left === true ? [replace("\\A\\s+", "")] : [];
      return sequence(...left, ...(step.strip_right === true ? [replace("\\s+\\z", "")] : []));
    }
    case "Replace":
      return { ...step, content: `${step.content ?? ""}`.replaceAll("$", "$$$$") };
    case "Precompiled":
      throw refused(where, "Precompiled", "its table of characters is not read");
    default:
      return step;
  }
}

/**
 * A pre-tokenizer in steps that the JavaScript library takes as the Rust library does: most become a `Split`.
 *
 * @param where names the field in errors
 * @param isFirst no other step, and no token found in normalized text, has cut the text before
 * @throws UserError on a step that cannot be taken as the Rust library does
 */
export function preTokenizerSteps(step: unknown, where: string, isFirst: boolean): unknown {
  if (!isStep(step)) return step;
  if (Array.isArray(step.pretokenizers)) {
    const steps = step.pretokenizers.map((inner, index) => preTokenizerSteps(inner, where, isFirst && index === 0));
    return { ...step, pretokenizers: steps };
  }
  switch (step.type) {
    case "Whitespace":
      return matches(`[${word}]+|[^${word}\\s]+`);
    case "WhitespaceSplit":
      return matches("\\S+");
    case "BertPreTokenizer":
      return matches(`[^\\s${punctuation}]+|[${punctuation}]`);
    case "Digits":
      return split(step.individual_digits === true ? "\\p{N}" : "\\p{N}+", "Isolated");
    case "Punctuation":
      return byBehavior(`[${punctuation}]`, step.behavior ?? "Isolated", false, where);
    case "Split":
      return byBehavior(patternOf(step.pattern, where), step.behavior, step.invert === true, where);
    case "ByteLevel":
      return byteLevel(step);
    case "Metaspace":
      return metaspace(step, where, isFirst);
    default:
      return step;
  }
}

/** The tokenizer writes something before a text, so that parts of a text cannot be tokenized apart. */
export function marksStart(step: unknown): boolean {
  if (!isStep(step)) return false;
  const inner = step.normalizers ?? step.pretokenizers;
  if (Array.isArray(inner)) return inner.some(marksStart);
  if (step.type === "Metaspace") return schemeOf(step) !== "never";
  return step.type === "Prepend" || (step.type === "ByteLevel" && step.add_prefix_space === true);
}

function byBehavior(pattern: string, behavior: unknown, invert: boolean, where: string): Step {
  const gap = `(?:(?!${pattern})[\\s\\S])`;
  if (behavior === "Isolated") return split(pattern, "Isolated");
  if (behavior === "Removed") return split(`(?:${pattern})`, "Removed", invert);
  if (invert) throw refused(where, `Split with behavior ${behavior} and invert`, "it is not implemented");
  switch (behavior) {
    case "Contiguous":
      return split(`(?:${pattern})+`, "Isolated");
    case "MergedWithPrevious":
      return matches(`${gap}*(?:${pattern})|${gap}+`);
    case "MergedWithNext":
      return matches(`(?:${pattern})${gap}*|${gap}+`);
    default:
      throw refused(where, `Split with behavior ${behavior}`, "it is not known");
  }
}

function patternOf(pattern: unknown, where: string): string {
  const { Regex: regex, String: text } = isStep(pattern) ? pattern : {};
  if (typeof regex === "string") return regex;
  if (typeof text === "string") return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  throw refused(where, "Split without a pattern", "expected a Regex or a String");
}

function byteLevel(step: Step): Step {
  const space = step.add_prefix_space === true ? [replace("\\A[^ ]", " $&")] : [];
  const words = step.use_regex === false ? [] : [split(byteLevelWords, "Isolated")];
  const bytes = { ...step, add_prefix_space: false, use_regex: false };
  return { type: "Sequence", pretokenizers: [...space, ...words, bytes] };
}

function metaspace(step: Step, where: string, isFirst: boolean): Step {
  const scheme = schemeOf(step);
  if (scheme === "first" && !isFirst) {
    throw refused(where, 'Metaspace "first" after another step', "it would mark more than the first word");
  }
  const mark = { ...step, prepend_scheme: scheme };
  if (step.split === false) return mark;
  const replacement = typeof step.replacement === "string" ? step.replacement : "\u2581";
  const pattern = patternOf({ String: replacement }, where);
  return { type: "Sequence", pretokenizers: [mark, byBehavior(pattern, "MergedWithNext", false, where)] };
}

/** Older files have `add_prefix_space` in place of a scheme. */
function schemeOf(step: Step): unknown {
  return step.prepend_scheme ?? (step.add_prefix_space === false ? "never" : "always");
}

function refused(where: string, what: string, reason: string): UserError {
  return new UserError(`${where}: ${what} is not supported: ${reason}; use a model whose tokenizer has no such step`);
}
