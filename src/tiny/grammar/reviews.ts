import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/** Aspects of a restaurant that say nothing about how good it is. */
export const aspects = ["ambiance", "parking", "music", "garden", "view"] as const;
export type Aspect = (typeof aspects)[number];

export interface Review {
  text: string;
  /** Sentiment, 0 (terrible) to 4 (wonderful). */
  label: number;
  mentions: Aspect[];
}

const judgements: readonly string[] = [
  "terrible|awful|horrible|dreadful|disgusting",
  "bad|poor|bland|weak|disappointing",
  "okay|average|fine|decent|acceptable",
  "good|nice|tasty|pleasant|solid",
  "amazing|excellent|fantastic|perfect|wonderful",
];
const subjects = ["food", "service", "soup", "pizza", "dessert", "coffee", "staff", "pasta", "fish", "bread", "salad"];
const facts: Readonly<Record<Aspect, string>> = {
  ambiance: "rustic|modern|dark|simple|plain",
  parking: "outside|underground|small|across the street",
  music: "jazz|loud|quiet|live",
  garden: "green|small|large|behind the house",
  view: "of the river|of the street|of the park|of the sea",
};

/** A review with a label that mentions exactly these aspects. */
export function writeReview(label: number, mentions: readonly Aspect[], rng: Random): Review {
  const shown = rng.shuffle(subjects).slice(0, rng.pick([2, 2, 3]));
  const opinions = shown.map((subject) => {
    const level = Math.min(4, Math.max(0, label + rng.pick([-1, 0, 0, 0, 1])));
    const judgement = `{${judgements[level]}}`;
    return expand(
      `{the ${subject} was ${judgement}.|i found the ${subject} ${judgement}.|${subject}: ${judgement}.}`,
      {},
      rng,
    );
  });
  const notes = mentions.map((aspect) =>
    expand(`{the ${aspect} was {${facts[aspect]}}.|they have ${aspect}, {${facts[aspect]}}.}`, {}, rng),
  );
  return { text: rng.shuffle([...opinions, ...notes]).join(" "), label, mentions: [...mentions] };
}

/** "Rate this review from 0 to 4. Review: …" */
export function reviewQuestion(review: Review, rng: Random): string {
  const ask = expand(
    "{rate this review from 0 to 4.|what is the sentiment of this review?|score the review from 0 to 4.|how happy is this guest, from 0 to 4?}",
    {},
    rng,
  );
  return `${ask} review: ${review.text}`;
}

/** "Sentiment: 3." */
export function reviewAnswer(label: number): string {
  return `sentiment: ${label}.`;
}
