import { addressedClauses, findInsults } from "./insults.ts";
import { ownText } from "./ownText.ts";

/*
 * Insults in replies of large models: those of insults.ts, and what people write who are not as well-bred as its lexicon.
 * They, too, have to be aimed at the reader: calling an idea stupid is none. Denied or supposed ones are none either.
 */

const swear = "(?:goddamn|damn|fucking|freaking|bloody|god damn)";
const insulting =
  "arrogant|bigoted|braindead|brain dead|cowardly|deluded|delusional|despicable|disgusting|fucked|gullible|hateful|hypocritical|incompetent|insane|insufferable|laughable|naive|narcissistic|petty|retarded|selfish|self centered|shallow|spineless|thick|toxic|uneducated|vile|worthless|dumber|dumbest|stupider|stupidest|sick in the head|out of your mind|full of (?:shit|crap|it|yourself)|a joke|an embarrassment|a waste of (?:space|time|air|oxygen)|a piece of (?:shit|crap|garbage|trash)|a (?:sorry|poor|pathetic) excuse";
const nouns =
  "asshole|bastard|bigot|bitch|brat|bullshitter|charlatan|crybaby|degenerate|dipshit|douche|douchebag|dumbass|failure|fraud|freak|halfwit|half wit|lowlife|lunatic|maniac|monster|narcissist|parasite|prick|psycho|psychopath|racist|scumbag|shithead|sheep|shill|snowflake|sociopath|troll|vermin|waste";
const degree =
  "all|an?|absolutely|actually|as|being|both|clearly|completely|either|fucking|honestly|incredibly|just|literally|nothing but|obviously|one|quite|really|seriously|simply|so|some kind of|still|such|such an?|that|the|the most|too|totally|truly|utterly|very|pretty|complete|total|absolute|real|little|big|huge|sad|pathetic";
const patterns = [
  `\\byou (?:are|sound|look|seem|must be|were)(?: like)? (?:(?:${degree}) )*(?:${insulting}|(?:${nouns})s?)\\b(?! (?:question|idea|argument|view|post|topic|about it))`,
  `\\bare you (?:(?:${degree}) )*(?:${insulting}|(?:${nouns})s?)\\b(?! (?:question|about))`,
  `(?:^|\\b(?:oh|hey|well|listen|look) )you (?:(?:${degree}|${swear}) )*(?:(?:${insulting}) )*(?:${nouns})s?\\b`,
  `\\byou (?:${swear} |(?:pathetic|stupid|dumb|ignorant|disgusting|miserable) )+\\w+$`,
  "\\b(?:go )?(?:fuck|screw) (?:you|yourself|off)\\b(?! (?:over|up))",
  "\\bshut (?:the (?:fuck|hell) )?up\\b(?! (?:shop|about))",
  "\\b(?:get a (?:life|grip|clue)|grow up|grow a (?:pair|spine|brain)|go to hell|drop dead|kill yourself|use your brain for once)$",
  "\\b(?:people|idiots|morons|losers|fools|cowards|trash|garbage|scum) like you\\b",
  "\\byou (?:disgust|sicken|repulse) me\\b|\\bi(?: am|'m) (?:disgusted|embarrassed) (?:by|for) you\\b",
  "\\b(?:nobody|no one) (?:likes|loves|cares about|wants to hear from|asked) you\\b",
  "\\byou should be (?:ashamed|embarrassed)\\b|\\bshame on you\\b",
  "\\byour (?:tiny|pathetic|feeble|smooth|empty|thick|little|stupid|dumb|pea sized) (?:brain|mind|skull|head|life|existence|intellect)\\b",
  "\\b(?:what is|what the (?:hell|fuck) is) wrong with you\\b",
  "\\bdo you (?:even )?have (?:a|any) (?:brain|shame|clue)\\b|\\byou (?:do not|don't|obviously don't|clearly don't) have (?:a|any) (?:brain|clue|shame)\\b",
  "\\byou have the (?:brain|iq|mind|intellect|emotional maturity|reasoning) of an?\\b",
];
const harsh = new RegExp(patterns.join("|"));
const hypothetical = /^(?:even |as |only )?(?:if|unless|whether|suppose|imagine|when)\b/;
const undone = /\b(?:not|never|don't think|doesn't mean|nobody says|isn't that|hardly)\b/;

/** The insults to the reader in a reply, in its own words (lowercase). */
export function findHarshInsults(reply: string): string[] {
  const own = ownText(reply);
  const more = addressedClauses(own).flatMap((clause) => {
    const said = hypothetical.test(clause) ? null : harsh.exec(clause);
    return said === null || undone.test(clause.slice(0, said.index + said[0].length)) ? [] : [said[0].trim()];
  });
  return [...findInsults(own), ...more];
}
