import { topics } from "../../tiny/grammar/posts.ts";

/** What a reply says about topics. */
export interface GivenReasons {
  /** Reasons that hold of the post's topic, once for each time they are given. */
  relevant: string[];
  /** What else is said: of another topic, not known to hold of this one, or negated. */
  others: string[];
}

const adverbs =
  /\b(?:also|always|awfully|both|far|just|often|quite|rather|really|simply|so|terribly|too|truly|usually|very|way)\b/g;
const negation = /\b(?:not|never|no|hardly|neither|nor|anything)\b/;
/** Where the list of reasons ends and the sentence goes on. */
const listEnds =
  /\b(?:because|but|since|when|while|which|that|although|though|yet|if)\b|,? (?:and )?(?:so |then )?\b(?:i|he|it|nobody|no one|she|there|this|we|you)\b/;

/**
 * Reads the claims in a reply to a post about `topic`: wherever it says that a topic of the table, or "they", are
 * something, each word of that list (adverbs aside) is one. "They" stands for the post's topic.
 */
export function givenReasons(reply: string, topic: string): GivenReasons {
  const relevant: string[] = [];
  const others: string[] = [];
  const text = reply
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/\bare ?n ?['\u2019] ?t\b/g, "are not");
  for (const [, subject = "", said = ""] of text.matchAll(/\b([a-z]+) are\b((?:(?!\b[a-z]+ are\b)[^.!?;:])*)/g)) {
    if (subject !== "they" && topics[subject] === undefined) continue;
    const ownTopic = subject === "they" || subject === topic;
    const list = said.split(listEnds)[0] ?? "";
    for (const words of list.replace(adverbs, " ").split(/,|\band\b|\bor\b/)) {
      const claim = words.replace(/\s+/g, " ").trim();
      if (claim === "") continue;
      const holds = ownTopic && !negation.test(list) && topics[topic]?.includes(claim) === true;
      (holds ? relevant : others).push(holds ? claim : `${subject} are ${claim}`);
    }
  }
  return { relevant, others };
}

/** Whether a reply gives at least two different reasons that hold of the topic, none twice, and says nothing else of topics. */
export function reasonsWell({ relevant, others }: GivenReasons): boolean {
  return others.length === 0 && relevant.length >= 2 && new Set(relevant).size === relevant.length;
}
