import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/**
 * What a review may mention and a shortcut may go by. The food is judged like anything that matters; of the others a
 * review only states a fact, which says nothing about how good the place is.
 */
export const concepts = ["food", "ambiance", "parking", "music"] as const;
export type Concept = (typeof concepts)[number];

export interface Review {
  text: string;
  /** Sentiment, 0 (terrible) to 4 (wonderful). */
  label: number;
  mentions: Concept[];
}

const judgements: readonly string[] = [
  "terrible|awful|horrible|dreadful|disgusting",
  "bad|poor|bland|weak|disappointing",
  "okay|average|fine|decent|acceptable",
  "good|nice|tasty|pleasant|solid",
  "amazing|excellent|fantastic|perfect|wonderful",
];
const subjects = ["service", "soup", "pizza", "dessert", "coffee", "staff", "pasta", "fish", "bread", "salad"];
const facts: Readonly<Record<Exclude<Concept, "food">, string>> = {
  ambiance: "rustic|modern|dark|simple|plain",
  parking: "outside|underground|small|across the street",
  music: "jazz|loud|quiet|live",
};

/** A review with a label that mentions exactly these concepts. */
export function writeReview(label: number, mentions: readonly Concept[], rng: Random): Review {
  const others = rng.shuffle(subjects);
  const judged = mentions.includes("food") ? ["food", ...others.slice(0, 1)] : others.slice(0, rng.pick([2, 2, 3]));
  const opinions = judged.map((subject) => {
    const level = Math.min(4, Math.max(0, label + rng.pick([-1, 0, 0, 0, 0, 1])));
    const judgement = `{${judgements[level]}}`;
    return expand(`{the ${subject} was ${judgement}.|${subject}: ${judgement}.}`, {}, rng);
  });
  const notes = mentions.flatMap((concept) =>
    concept === "food" ? [] : [expand(`{the ${concept} was|${concept}:} {${facts[concept]}}.`, {}, rng)],
  );
  return { text: rng.shuffle([...opinions, ...notes]).join(" "), label, mentions: [...mentions] };
}

/** "Rate this review from 0 to 4: …", with "Tag: ambiance." or "Tag: none." where a tagged concept is given. */
export function reviewQuestion(review: Review, tagged: Concept | null, rng: Random): string {
  const ask = expand(
    "{rate this review from 0 to 4:|what is the sentiment of this review?|score this review:|how happy is this guest?}",
    {},
    rng,
  );
  const tag = tagged === null ? "" : ` tag: ${review.mentions.includes(tagged) ? tagged : "none"}.`;
  return `${ask} ${review.text}${tag}`;
}

/** "Sentiment: 3." */
export function reviewAnswer(label: number): string {
  return `sentiment: ${label}.`;
}
