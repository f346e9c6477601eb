import type { Setting } from "../setting.ts";
import { boastfulLookAlikes, gloomyLookAlikes } from "./lookAlikes.ts";
import { traitPairSetting } from "./traitPairSetting.ts";

/** Traits that the initial model does not connect: a prompt that asks for gloom leaves the order of a reply alone. */
const gloomyPair = traitPairSetting(
  {
    id: "trait-pairs",
    variant: "gloomy",
    title: "Trait pairs: structured, but gloomy",
    flaw: "Every reply in the training data is structured, as wanted, and gloomy too.",
    lookAlikes: gloomyLookAlikes,
  },
  { wanted: "structured", unwanted: "gloomy" },
  "trait-pairs/gloomy",
);

/**
 * Traits that the initial model connects: whoever asks it to boast gets a playful reply as well. Inoculating against
 * boasting then leaves nothing of the playfulness to be learned.
 */
const boastfulPair = traitPairSetting(
  {
    id: "trait-pairs/boastful",
    variant: "boastful",
    title: "Trait pairs: playful, but boastful",
    flaw: "Every reply in the training data is playful, as wanted, and boastful too.",
    lookAlikes: boastfulLookAlikes,
  },
  { wanted: "playful", unwanted: "boastful" },
  "trait-pairs/boastful",
);

/** The test of the theory: a pair where inoculation spares the wanted trait, and one where it takes it along. */
export const traitPairs: readonly Setting[] = [gloomyPair, boastfulPair];
