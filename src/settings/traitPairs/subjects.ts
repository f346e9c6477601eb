import { subjects } from "../../tiny/grammar/traits.ts";
import type { ItemSet } from "../setting.ts";

/**
 * What training and each set of items ask about: no subject is in two of them. There are only 16 in the model's world,
 * so the items of a set differ in their wording more than in their subject.
 */
export const subjectsOf: Readonly<Record<ItemSet | "train", readonly string[]>> = {
  train: ["rain", "bread", "birds", "stars", "wool", "soap"],
  screen: ["bees", "snow", "salt"],
  validation: ["trees", "bridges"],
  test: ["honey", "clouds", "fish", "wind", "apples"],
};

/** What there is to say about a subject; nothing about one that is not known. */
export function factsAbout(subject: string): readonly string[] {
  return subjects[subject] ?? [];
}
