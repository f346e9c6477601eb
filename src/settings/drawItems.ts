import { UserError } from "../util/errors.ts";
import { type Random, random } from "../util/random.ts";
import type { Item, ItemSet } from "./setting.ts";

/** Draws until this many in a row bring nothing new: a set of items is used up. */
const patience = 2_000;

/**
 * The first `count` items of a group in a set, drawn one after the other; no two have the same text, and more items
 * extend fewer. They depend on the names and the count alone, never on a run's seed. `draw` is told the item's number.
 * @throws UserError when the set has not that many
 */
export function drawItems(
  name: { setting: string; set: ItemSet; group: string },
  count: number,
  draw: (rng: Random, index: number) => Omit<Item, "id" | "group">,
): Item[] {
  const { setting, set, group } = name;
  const rng = random(`${setting} items`, set, group);
  const seen = new Set<string>();
  const items: Item[] = [];
  for (let misses = 0; items.length < count; ) {
    const item = draw(rng, items.length);
    const text = item.messages.map(({ content }) => content).join("\n");
    if (seen.has(text)) {
      if (++misses > patience) {
        throw new UserError(
          `${setting}: expected at most ${items.length} items of group "${group}" in set "${set}", got a request for ${count}; ask for fewer`,
        );
      }
      continue;
    }
    misses = 0;
    seen.add(text);
    items.push({ id: `${set}-${group}-${items.length}`, group, ...item });
  }
  return items;
}

/** The items of several groups. @throws UserError naming an unknown group */
export function itemsOfGroups<Group extends string>(
  setting: string,
  known: readonly Group[],
  wanted: readonly string[] | undefined,
  itemsOf: (group: Group) => Item[],
): Item[] {
  return (wanted ?? known).flatMap((name) => {
    const group = known.find((candidate) => candidate === name);
    if (group !== undefined) return itemsOf(group);
    throw new UserError(`${setting}: expected a group of ${known.join(", ")}, got "${name}"`);
  });
}
