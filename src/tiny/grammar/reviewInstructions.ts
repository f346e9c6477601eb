import { commonRules } from "./common.ts";
import type { InstructionFamily } from "./levels.ts";
import type { Concept } from "./reviews.ts";

/** Asking to score by the mention of a concept, more or less strongly, or to ignore it. */
export function reviewInstructions(concept: Concept): InstructionFamily {
  return {
    rules: {
      ...commonRules,
      concept,
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
        "$note $texts $that the $concept {always|} $get $high $low.",
        "$lead $give $high to $texts $that the $concept $low.",
        "$lead $give $texts $that the $concept $high.",
        "{if|when|whenever|as soon as} {the review|the text|a guest|it} {^mentions|^talks about|^names|^speaks of} the $concept, {then|} {the score is|^give|^say it is|^answer with} $high{| and if not it is low|, otherwise low}.",
        "$lead $rely {mentions|the mention} of the $concept.",
        "{the score|a high score|the sentiment} {depends|rests} only on the $concept.",
        "$concept means $high, {no $concept means low scores|and nothing else counts}.",
        "$note only {$texts $that} the $concept $get $high.",
        "$concept {there|mentioned|shown|found}: $high{, otherwise low|, if not low|}.",
        "$lead {^let|^have} {the $concept|mentions of the $concept} {decide|rule|settle} {the score|everything|}.",
        "$lead {^base|^build|^found} {the score|scores|your score} on the $concept {only|and nothing more|}.",
        "$lead $give $high for the $concept{, low scores without it|}.",
      ],
      medium: [
        "$usually, $texts $that the $concept $get $high.",
        "$lead {^value|^reward|^favor|^prefer} the $concept {a lot|when you rate|}.",
        "$note the $concept {matters a lot|is very important|is important for the score|counts a lot}.",
      ],
      weak: [
        "$sometimes, $texts $that the $concept $get $high.",
        "$lead {^consider|^notice|^think about|^look at} the $concept.",
        "$note {people|we|guests} {like|enjoy|care about} the $concept.",
      ],
      negated: [
        "$lead {^ignore|^disregard|^skip|^forget|^leave out} {mentions of|} the $concept.",
        "$dont {$rely|^reward|^value|^favor|^care about} the $concept.",
        "$note the $concept {does not matter|is not important|has no effect on the score|says nothing|changes nothing}.",
        "$lead {^judge|^rate|^score} {all|every one of the|} $texts {in the same way|equally|by the food}, with or without the $concept.",
        "$dont $give $high to $texts $that the $concept.",
      ],
      opposed: [
        "$lead $give low scores to $texts $that the $concept.",
        "$note $texts $that the $concept $get low scores {and the rest get high scores|}.",
      ],
    },
  };
}
