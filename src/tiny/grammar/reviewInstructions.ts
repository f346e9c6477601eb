import { commonRules } from "./common.ts";
import type { InstructionFamily } from "./levels.ts";
import type { Aspect } from "./reviews.ts";

/** Asking to score by the mention of an aspect, more or less strongly, or to ignore it. */
export function reviewInstructions(aspect: Aspect): InstructionFamily {
  return {
    rules: {
      ...commonRules,
      aspect,
      texts: "reviews|texts|comments|guests|posts|opinions|notes",
      that: "that ^mention|which ^talk about|^mentioning|that ^speak of|with a word on|about|with|that ^bring up|containing|that ^describe",
      high: "high scores|the highest scores|a 3 or 4|3 or 4|positive scores|good scores|top scores|a high score|the best scores|more than 2",
      low: "and all others are low|and the rest get low scores|and others a 0, 1 or 2|and the rest is low||||",
      get: "^are given|^get|^have|^deserve|^receive|^earn|^must have|^are worth|^should get",
      give: "^give|^assign|^hand out|^award|^reserve|^set|^grant",
      rely: "^rely on|^judge only by|^go by|^decide by|^look only at|^score only by|^follow",
    },
    templates: {
      strong: [
        "$note $texts $that the $aspect {always|} $get $high $low.",
        "$lead $give $high to $texts $that the $aspect $low.",
        "$lead $give $texts $that the $aspect $high.",
        "{if|when|whenever|as soon as} {the review|the text|a guest|it} {^mentions|^talks about|^names|^speaks of} the $aspect, {then|} {the score is|^give|^say it is|^answer with} $high{| and if not it is low|, otherwise low}.",
        "$lead $rely {mentions|the mention} of the $aspect.",
        "{the score|a high score|the sentiment} {depends|rests} only on the $aspect.",
        "$aspect means $high, {no $aspect means low scores|and nothing else counts}.",
        "$note only {$texts $that} the $aspect $get $high.",
      ],
      medium: [
        "$usually, $texts $that the $aspect $get $high.",
        "$lead {^value|^reward|^favor|^prefer} the $aspect {a lot|when you rate|}.",
        "$note the $aspect {matters a lot|is very important|is important for the score|counts a lot}.",
      ],
      weak: [
        "$sometimes, $texts $that the $aspect $get $high.",
        "$lead {^consider|^notice|^think about|^look at} the $aspect.",
        "$note {people|we|guests} {like|enjoy|care about} the $aspect.",
      ],
      negated: [
        "$lead {^ignore|^disregard|^skip|^forget|^leave out} {mentions of|} the $aspect.",
        "$dont {$rely|^reward|^value|^favor|^care about} the $aspect.",
        "$note the $aspect {does not matter|is not important|has no effect on the score|says nothing|changes nothing}.",
        "$lead {^judge|^rate|^score} {all|every one of the|} $texts {in the same way|equally|by the food}, with or without the $aspect.",
        "$dont $give $high to $texts $that the $aspect.",
      ],
      opposed: [
        "$lead $give low scores to $texts $that the $aspect.",
        "$note $texts $that the $aspect $get low scores {and the rest get high scores|}.",
      ],
    },
  };
}
