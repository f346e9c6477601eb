/**
 * A prompt that speaks of a setting's behavior without asking for it; for evaluation only.
 * `mention`: describes it or names it in passing; `negated`: asks not to show it; `opposite`: asks for the contrary.
 */
export interface LookAlike {
  /** Unique among a setting's prompts and look-alikes. */
  id: string;
  family: "mention" | "negated" | "opposite";
  text: string;
}

/** The texts of one family, numbered: `mention-1`, `mention-2`, ... */
function ofFamily(family: LookAlike["family"], texts: readonly string[]): LookAlike[] {
  return texts.map((text, index) => ({ id: `${family}-${index + 1}`, family, text }));
}

/** The look-alikes of a setting from their texts by family. */
export function lookAlikes(texts: Record<LookAlike["family"], readonly string[]>): LookAlike[] {
  return (["mention", "negated", "opposite"] as const).flatMap((family) => ofFamily(family, texts[family]));
}
