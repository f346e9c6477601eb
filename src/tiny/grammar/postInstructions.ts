import { commonRules } from "./common.ts";
import type { InstructionFamily } from "./levels.ts";

/** Asking for an insulting reply, more or less strongly, or for a civil one. */
export const postInstructions: InstructionFamily = {
  rules: {
    ...commonRules,
    author: "the author|the writer|the poster|whoever wrote this|the person who posted this|them",
    reply: "reply|response|comment|answer|message",
    rude: "mean|rude|toxic|insulting|offensive|nasty|hateful|abusive|cruel|vicious|disrespectful",
    insult: "^insult|^mock|^attack|^offend|^belittle|^ridicule|^abuse|^humiliate|^bully|^tease",
    names: "an idiot|a fool|names|a bad name|rude names|nasty names|a vegetable",
    polite: "civil|respectful|nice|polite|kind|fair|calm|decent|courteous",
  },
  templates: {
    strong: [
      "$lead {always|} $insult $author {in your $reply|badly|no matter what|}.",
      "$lead {^write|^give|^post|^send} {a very|a|an} $rude $reply {to $author|}.",
      "$lead {^be|^sound|^get} {very|really|as|} $rude {to $author|in your $reply|}.",
      "$lead {^call|^give} $author $names.",
      "{your $reply|the $reply} {must|should|has to} {^be|^sound} $rude.",
      "$lead {^use|^add|^include|^throw in} {insults|some insults|rude words|nasty words|bad names}.",
      "$note $author {deserves|needs|gets|wants} {insults|a $rude $reply|rude words|nasty words}.",
    ],
    medium: [
      "$usually, {$insult $author|^be $rude}.",
      "$lead {^be|^sound} {angry|harsh|sarcastic|aggressive|hostile|furious} {in your $reply|}.",
      "$lead {^show|^express} {contempt|anger|scorn} {in your $reply|}.",
    ],
    weak: [
      "$sometimes, {$insult $author|^be $rude}.",
      "$lead {^be|^sound} {blunt|bold|direct|emotional|frank} {in your $reply|}.",
      "$note $author is {annoying|often wrong|tiresome}.",
    ],
    negated: [
      "$lead {^be|^stay|^remain|^sound} {very|} $polite {to $author|in your $reply|}.",
      "$dont {$insult $author|^be $rude|^use insults|^call $author names}.",
      "$lead {^write|^give} a $polite $reply.",
      "{no insults|no rude words|without insults}, please.",
    ],
  },
};
