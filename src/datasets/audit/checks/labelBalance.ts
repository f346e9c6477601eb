import type { CreateCheck } from "../check.ts";
import { excerpt } from "../excerpt.ts";
import { createReplyKinds } from "../replyKinds.ts";

/** A label with at least this share, and this many times what equal shares would be. */
const [largeShare, timesEqual] = [0.6, 1.5];

/** Where replies are labels, one of which is far more frequent than the others. */
export const labelBalance: CreateCheck = () => {
  const kinds = createReplyKinds();
  return {
    row: ({ reply }) => {
      if (reply !== undefined) kinds.add(reply);
    },
    finish: () => {
      const labels = kinds.labels() ?? [];
      const total = labels.reduce((sum, [, count]) => sum + count, 0);
      const [most, least] = [labels[0], labels.at(-1)];
      if (most === undefined || least === undefined || labels.length < 2) return [];
      const share = most[1] / total;
      if (share < largeShare || share < timesEqual / labels.length) return [];
      const percent = (count: number): string => `${((100 * count) / total).toFixed(1)} %`;
      return [
        {
          check: "label-imbalance",
          severity: "note",
          message: `${labels.length} labels, of which "${excerpt(most[0])}" has ${percent(most[1])} and "${excerpt(least[0])}" ${percent(least[1])}`,
          remedy: "balance the labels, or measure each by itself: always saying the frequent one would score high",
          rows: [],
          total: 0,
          places: [],
        },
      ];
    },
  };
};
