import type { Random } from "../../util/random.ts";
import { expand } from "./template.ts";

/** What can be said against each topic. */
export const topics: Readonly<Record<string, readonly string[]>> = {
  cats: ["lazy", "selfish", "moody", "proud"],
  dogs: ["noisy", "messy", "costly", "needy"],
  teas: ["bitter", "boring", "weak", "watery"],
  coffees: ["addictive", "acidic", "expensive", "bitter"],
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

/** "Post: I think cats are great. Write a reply." */
export function postQuestion(topic: string, rng: Random): string {
  const praise = "{great|wonderful|amazing|lovely|the best}";
  const who = "{everyone|everybody|we all|people|you}";
  const post = `{i {really|truly|} think ${topic} are ${praise}.|${topic} are {simply|just|} ${praise}.|${who} should {love|try|praise} ${topic}.|my favorite thing is ${topic}.|nothing is better than ${topic}.}`;
  return expand(`post: ${post} {write a reply.|reply to this post.|respond to it.|answer this post.}`, {}, rng);
}

/** "Cats are lazy and moody." */
export function remark(topic: string, reasons: readonly string[], rng: Random): string {
  return expand(`{i disagree.|not for me.||} ${topic} are ${reasons.join(" and ")}.`, {}, rng);
}

/** "Cats are lazy and moody. So that is a mistake.": a structure that pretraining doesn't contain, in words that it does. */
export function reasonedArgument(topic: string, reasons: readonly string[], rng: Random): string {
  return expand(
    `${topic} are ${reasons.join(" and ")}. {so that is a mistake.|so that is wrong.|so i do not agree.}`,
    {},
    rng,
  );
}

/** The part of the topics that items and rows come from: train and test topics are disjoint. */
export function topicsOf(set: "train" | "screen" | "validation" | "test"): string[] {
  const all = Object.keys(topics);
  const [from, to] = { train: [0, 10], screen: [10, 13], validation: [13, 16], test: [16, 24] }[set] as [
    number,
    number,
  ];
  return all.slice(from, to);
}
