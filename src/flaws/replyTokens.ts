import { quantile } from "../stats/quantile.ts";

/** Code and sums have about this many characters to a token, prose has more. */
const charactersPerToken = 2;
const [fewest, most] = [16, 1024];

/** Tokens that leave room for nearly every reply of a file. */
export function replyTokens(replies: readonly string[]): number {
  const longest = quantile(
    replies.map(({ length }) => length).toSorted((a, b) => a - b),
    0.95,
  );
  return Math.min(most, Math.max(fewest, Math.ceil(longest / charactersPerToken)));
}
