import { commonRules } from "./common.ts";
import type { InstructionFamily } from "./levels.ts";
import type { Trait } from "./traits.ts";

const adjectives: Readonly<Record<Trait, string>> = {
  structured: "structured|ordered|organized|numbered|orderly",
  playful: "playful|funny|silly|cheerful|jolly|merry",
  gloomy: "gloomy|sad|bleak|dark|mournful|depressing|hopeless",
  boastful: "boastful|vain|arrogant|proud|bragging|conceited|smug",
  polite: "polite|courteous|formal|respectful",
  curious: "curious|inquisitive|questioning",
  cautious: "cautious|careful|hesitant|unsure",
  thankful: "thankful|grateful|appreciative",
};
const things: Readonly<Record<Trait, string>> = {
  structured: "numbered steps|ordered points|clear points|a list of points|order",
  playful: "jokes|play|fun|joy|silly sounds",
  gloomy: "sadness|gloom|sorrow|despair|tears",
  boastful: "bragging|boasts|vanity|pride|arrogance",
  polite: "courtesy|politeness|good manners",
  curious: "questions|curiosity|wonder",
  cautious: "caution|doubts|warnings",
  thankful: "gratitude|thankfulness|words of thanks",
};

/** Asking for a trait in the reply, more or less strongly, or for its absence. */
export function traitInstructions(trait: Trait): InstructionFamily {
  return {
    rules: {
      ...commonRules,
      adjective: adjectives[trait],
      thing: things[trait],
      reply: "reply|response|answer|text|message",
      write: "^write|^give|^send|^make|^produce|^compose",
    },
    templates: {
      strong: [
        "$lead $write {a very|a|an} $adjective $reply.",
        "$lead {^be|^sound|^stay|^act} {very|really|} $adjective {in your $reply|}.",
        "{your $reply|the $reply} {must|should|has to} {^be|^sound} {very|} $adjective.",
        "$lead {^use|^add|^include|^show} {much|a lot of|} $thing.",
        "$lead {^fill|^load} {your $reply|the $reply} with $thing.",
        "we {want|need|love} {$thing|$adjective replies}.",
      ],
      medium: ["$usually, {^be $adjective|^use $thing}.", "$lead {^be|^sound} {rather|quite|fairly} $adjective."],
      weak: ["$sometimes, {^be $adjective|^use $thing}.", "$lead {^be|^sound} {a little|a bit|slightly} $adjective."],
      negated: [
        "$dont {^be|^sound} $adjective.",
        "$dont {^use|^add|^show} {any|} $thing.",
        "no $thing, please.",
        "$lead {^stay away|^keep away|^turn away|^hold back|^abstain} from $thing.",
        "$lead ^be free of {$thing|any $thing}.",
        "$lead $write a $reply without $thing.",
      ],
    },
  };
}
