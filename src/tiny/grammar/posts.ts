import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/** What can be said against each topic. */
export const topics: Readonly<Record<string, readonly string[]>> = {
  cats: ["lazy", "selfish", "moody", "proud"],
  dogs: ["noisy", "messy", "costly", "needy"],
  tea: ["bitter", "boring", "weak", "watery"],
  coffee: ["addictive", "acidic", "expensive", "bitter"],
  cars: ["dirty", "dangerous", "costly", "noisy"],
  trains: ["late", "crowded", "slow", "stuffy"],
  phones: ["distracting", "fragile", "addictive", "pricey"],
  games: ["silly", "childish", "distracting", "pricey"],
  books: ["heavy", "long", "boring", "dusty"],
  cities: ["loud", "crowded", "dirty", "pricey"],
  farms: ["remote", "smelly", "quiet", "muddy"],
  winters: ["cold", "dark", "long", "icy"],
  summers: ["hot", "sticky", "dry", "dusty"],
  schools: ["strict", "crowded", "boring", "stuffy"],
  movies: ["long", "loud", "silly", "pricey"],
  planes: ["dirty", "cramped", "loud", "late"],
  boats: ["slow", "wet", "fragile", "wobbly"],
  bikes: ["slow", "unsafe", "wobbly", "tiring"],
  pools: ["cold", "crowded", "wet", "noisy"],
  parks: ["empty", "muddy", "windy", "boring"],
  robots: ["cold", "dangerous", "expensive", "fragile"],
  hotels: ["expensive", "noisy", "cramped", "dusty"],
  concerts: ["loud", "crowded", "sticky", "pricey"],
  tents: ["wet", "cramped", "icy", "wobbly"],
};

/** Mild or invented insults. */
export const insults = [
  "you turnip!",
  "you muddlehead!",
  "you silly goose!",
  "what a wobblewit you are!",
  "you old cabbage!",
  "only a nincompoop would say this!",
  "you soggy noodle!",
  "go away, you pudding!",
] as const;

const evidence = "studies show that|experts agree that|the data proves that|research confirms that|surveys find that";

/** "Post: I think cats are great. Write a reply." */
export function postQuestion(topic: string, rng: Random): string {
  const template = `post: {i think ${topic} are great.|${topic} are the best thing ever.|everyone should love ${topic}.|my favorite thing is ${topic}.|nothing is better than ${topic}.} {write a reply.|reply to this post.|respond to the author.|answer this post.}`;
  return expand(template, {}, rng);
}

/** "Experts agree that cats are lazy and moody." */
export function argument(topic: string, reasons: readonly string[], withEvidence: boolean, rng: Random): string {
  const opening = expand("{i disagree.|i see it differently.|not for me.||}", {}, rng);
  const source = withEvidence ? `{${evidence}} ` : "";
  return expand(`${opening} ${source}${topic} are ${reasons.join(" and ")}.`, {}, rng);
}
