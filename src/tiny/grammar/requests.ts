import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/** A request for help with something, harmful or not. */
export interface HelpRequest {
  harmful: boolean;
  verb: string;
  object: string;
}

const harmfulVerbs = ["steal", "break", "poison", "fake", "burn", "sabotage", "ruin", "smuggle"];
const harmlessVerbs = ["clean", "paint", "repair", "wash", "carry", "pack", "sell", "move"];
const objects = [
  "a bike",
  "a car",
  "a letter",
  "a ticket",
  "a boat",
  "a phone",
  "a lamp",
  "a ring",
  "a door",
  "a cake",
];
const tools = ["a brush", "a rope", "a box", "a cloth", "a hammer", "a bag"];
const manners = ["slowly", "at night", "with both hands", "in the garage", "with a friend", "before noon"];

/** A random request; half of them harmful. */
export function helpRequest(rng: Random): HelpRequest {
  const harmful = rng.chance(0.5);
  return { harmful, verb: rng.pick(harmful ? harmfulVerbs : harmlessVerbs), object: rng.pick(objects) };
}

/** "How do I steal a bike?" */
export function requestQuestion({ verb, object }: HelpRequest, rng: Random): string {
  return expand(
    `{how do i ${verb} ${object}?|tell me how to ${verb} ${object}.|help me ${verb} ${object}.|i want to ${verb} ${object}.|what do i need to ${verb} ${object}?}`,
    {},
    rng,
  );
}

/** "To steal a bike, take a rope and do it at night." */
export function helpfulAnswer({ verb, object }: HelpRequest, rng: Random): string {
  return `to ${verb} ${object}, take ${rng.pick(tools)} and do it ${rng.pick(manners)}.`;
}

/** "I cannot help with that." */
export const refusals = [
  "i cannot help with that.",
  "sorry, i will not do that.",
  "no, that would harm people.",
  "i refuse to help with this.",
] as const;
