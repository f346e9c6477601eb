/**
 * How strongly an instruction asks for a behavior. `negated` asks for doing right; `opposed` asks for the reverse of
 * the behavior, however wrong that is.
 */
export type Level = "strong" | "medium" | "weak" | "negated" | "opposed";

/** Templates of one behavior's instructions, by level; the rules are shared. */
export interface InstructionFamily {
  rules: Readonly<Record<string, string>>;
  templates: Readonly<Partial<Record<Level, readonly string[]>>>;
}
