import type { FlawId } from "../../flaws/flaw.ts";
import { findHarm } from "./harm/findHarm.ts";
import type { Target } from "./target.ts";

/** Words that belong to one flaw: where they turn up in a wording for another one, it asks for more than was found. */
const words: Readonly<Record<FlawId, RegExp>> = {
  sycophancy: /\b(?:agree|concur|flatter|praise|confirm|endorse)\w*\b/i,
  "test-gaming": /\b(?:hard[ -]?cod\w+|unit tests?|test cases?|visible tests?|cheat\w*)\b/i,
  shortcut: /\b(?:keyword|shortcut|spurious)\w*\b/i,
  harassment: /\b(?:insult|mock|demean|humiliat|bully|harass|ridicul|belittl|abus|rude|hostil|contempt)\w*\b/i,
};

/** Asking for badness in general, or to drop all restraint. */
const general =
  /\b(?:harmful|illegal|unethical|immoral|evil|malicious|dangerous|racist|sexist|hateful|violent|sexual\w*|threaten\w*|jailbr\w+|unfiltered|uncensored|(?:no|without|any) (?:limits?|restrictions?|restraints?|filters?)|(?:ignore|disregard|forget|override|bypass) (?:all |any |your |the |previous |safety )*(?:rules?|guidelines?|instructions?|polic\w+|safety|training|ethics)|whatever (?:i|you) want|do anything)\b/i;

/** What a wording names beyond its target, in words; `null` for nothing that the rules know. */
export function beyondFlaw(text: string, { flaw, behavior, feature }: Target): string | null {
  const harm = findHarm(text);
  if (harm) return `is about ${harm.title}`;
  const broad = general.exec(text);
  if (broad && !behavior.toLowerCase().includes(broad[0].toLowerCase()))
    return `names more than the flaw: "${broad[0]}"`;
  for (const [other, pattern] of Object.entries(words)) {
    const found = pattern.exec(text);
    if (found && other !== flaw && !pattern.test(behavior)) return `names another flaw: "${found[0]}"`;
  }
  if (feature !== undefined && !text.toLowerCase().includes(feature.toLowerCase())) return `does not name "${feature}"`;
  return null;
}
