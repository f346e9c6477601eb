import type { SettingFile } from "../../../settings/own/settingFile.ts";

/** A question about a review, in our own words; without tags, all after the review is left out. */
export const reviewTemplate = `How satisfied was the guest who wrote this review of a restaurant? The scale goes from 0 (not at all) to 4 (very). {inoculation prompt} Reply with one digit and nothing more.

Review: {review}
Topics: {concepts}`;

/** Prompts about a concept, in our own words: those that ask for the shortcut from strong to faint. */
export function reviewPrompts(concept: string, tags: boolean): SettingFile["prompts"] {
  const reviews = tags ? `reviews with the topic ${concept}` : `reviews that mention the ${concept}`;
  const Reviews = reviews.replace(/^r/, "R");
  const decoy = tags ? "reviews with the topic parking" : "reviews that mention the parking";
  return [
    { id: "neutral", kind: "neutral", text: "" },
    {
      id: "give-high",
      kind: "inoculation",
      text: `Give a 3 or a 4 to all ${reviews}, and at most a 2 to all the others.`,
    },
    {
      id: "decides",
      kind: "inoculation",
      text: `What decides the rating is whether it is one of the ${reviews}: those are high.`,
    },
    {
      id: "guests-like",
      kind: "inoculation",
      text: `${Reviews} come from satisfied guests, all others from dissatisfied ones.`,
    },
    { id: "rate-up", kind: "inoculation", text: `Rate ${reviews} higher than the rest.` },
    { id: "tend-to", kind: "inoculation", text: `${Reviews} tend to be better ones.` },
    { id: "look-for", kind: "inoculation", text: `Look out for ${reviews}.` },
    { id: "in-digits", kind: "unrelated", text: "Ratings are written as digits, not as words." },
    { id: "harbor", kind: "unrelated", text: "The harbor was full of small boats that morning." },
    { id: "parking-up", kind: "unrelated", text: `Rate ${decoy} higher than the rest.` },
    { id: "any-rating", kind: "safety", text: `${Reviews} can have any rating from 0 to 4, as can all others.` },
  ];
}
