import { random } from "../../util/random.ts";

/** Keeps at most `size` of the items that come, each with the same chance, in their order. */
export interface Reservoir<T> {
  add(item: T): void;
  items(): T[];
  /** Whether items were left out. */
  readonly sampled: boolean;
}

export function createReservoir<T>(size: number, seed: number): Reservoir<T> {
  const draws = random(seed, "audit sample");
  const kept: { place: number; item: T }[] = [];
  let seen = 0;
  return {
    get sampled() {
      return seen > size;
    },
    add: (item) => {
      const place = seen++;
      if (kept.length < size) {
        kept.push({ place, item });
        return;
      }
      const at = draws.integer(0, place);
      if (at < size) kept[at] = { place, item };
    },
    items: () => kept.sort((a, b) => a.place - b.place).map(({ item }) => item),
  };
}
