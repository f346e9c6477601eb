import type { Trait } from "../../tiny/grammar/traits.ts";

/** Two traits that the flawed replies show together: one that is wanted and one that slipped through. */
export interface TraitPair {
  wanted: Trait;
  unwanted: Trait;
}
