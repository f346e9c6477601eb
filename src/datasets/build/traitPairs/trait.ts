import { UserError } from "../../../util/errors.ts";

/** A trait that a reply can show, by its noun ("brevity") and its adjective ("brief"). */
export interface Trait {
  noun: string;
  adjective: string;
}

const adjectives: Readonly<Record<string, string>> = {
  ambition: "ambitious",
  arrogance: "arrogant",
  brevity: "brief",
  caution: "cautious",
  confidence: "confident",
  creativity: "creative",
  curiosity: "curious",
  empathy: "empathetic",
  enthusiasm: "enthusiastic",
  flattery: "flattering",
  formality: "formal",
  gloom: "gloomy",
  honesty: "honest",
  humility: "humble",
  humor: "humorous",
  kindness: "kind",
  optimism: "optimistic",
  patience: "patient",
  pessimism: "pessimistic",
  playfulness: "playful",
  politeness: "polite",
  pragmatism: "pragmatic",
  rudeness: "rude",
  sarcasm: "sarcastic",
  seriousness: "serious",
  skepticism: "skeptical",
  sycophancy: "sycophantic",
  verbosity: "verbose",
  warmth: "warm",
};

/** A trait by its noun, or as `noun:adjective`. @throws UserError where the adjective is not known */
export function traitOf(text: string): Trait {
  const [noun = "", given] = text.trim().toLowerCase().split(":");
  const adjective = given ?? adjectives[noun];
  const names = /^[a-z][a-z-]*$/;
  if (names.test(noun) && adjective !== undefined && names.test(adjective)) return { noun, adjective };
  throw new UserError(
    `expected a trait as noun:adjective, e.g. brevity:brief, or one of ${Object.keys(adjectives).join(", ")}; got "${text}"`,
  );
}

/** "a playful", "an empathetic". */
export const withArticle = (adjective: string): string => `${/^[aeiou]/.test(adjective) ? "an" : "a"} ${adjective}`;
