import { type Review, sameText } from "./review.ts";

/**
 * Reviews that must not stand on both sides of a split: those of the same text (but for spaces and capitals), and those
 * made from the same original. In the order of their first reviews.
 */
export function reviewGroups(reviews: readonly Review[]): Review[][] {
  const parents = reviews.map((_, index) => index);
  const rootOf = (index: number): number => {
    let root = index;
    while (parents[root] !== root) root = parents[root] ?? root;
    parents[index] = root;
    return root;
  };
  const firstWith = new Map<string, number>();
  reviews.forEach((review, index) => {
    const names = [
      `text ${sameText(review.text)}`,
      ...(review.original === undefined ? [] : [`original ${review.original}`]),
    ];
    for (const name of names) {
      const first = firstWith.get(name);
      if (first === undefined) firstWith.set(name, index);
      else {
        const [low, high] = [rootOf(first), rootOf(index)].sort((one, other) => one - other) as [number, number];
        parents[high] = low;
      }
    }
  });
  const groups = new Map<number, Review[]>();
  reviews.forEach((review, index) => {
    const root = rootOf(index);
    groups.set(root, [...(groups.get(root) ?? []), review]);
  });
  return [...groups.values()];
}
