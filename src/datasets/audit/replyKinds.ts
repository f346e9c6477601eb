const labelLength = 60;
const labelKinds = 30;
const leastRows = 20;

/** Counts replies, to tell labels (few different short ones) from free text. */
export interface ReplyKinds {
  add(reply: string): void;
  /** Replies and how often each came, most frequent first; `undefined` where they are no labels. */
  labels(): [reply: string, count: number][] | undefined;
}

export function createReplyKinds(): ReplyKinds {
  const counts = new Map<string, number>();
  let total = 0;
  let free = 0;
  return {
    add: (reply) => {
      const text = reply.trim();
      total += 1;
      if (text.length > labelLength || (counts.size >= 10 * labelKinds && !counts.has(text))) free += 1;
      else counts.set(text, (counts.get(text) ?? 0) + 1);
    },
    labels: () => {
      // A few stray replies don't make free text of labels.
      const usual = [...counts].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a);
      const covered = usual.reduce((sum, [, count]) => sum + count, 0);
      const isLabelled = total >= leastRows && free <= 0.02 * total && covered >= 0.9 * total;
      return isLabelled && usual.length <= Math.min(labelKinds, total / 4) ? usual : undefined;
    },
  };
}
