import type { CreateCheck } from "../check.ts";
import type { Hits } from "../hits.ts";
import { counted } from "../perRow.ts";

/** Replies that begin or end with other white space than most do. */
export const replyWhitespace: CreateCheck = (context) => {
  const kinds = new Map<string, Hits>();
  return {
    row: (row) => {
      const { reply } = row;
      if (reply === undefined || reply.trim() === "") return;
      const kind = JSON.stringify([/^\s*/.exec(reply)?.[0], reply.slice(reply.trimEnd().length)]);
      const hits = kinds.get(kind) ?? context.hits();
      if (kinds.size < 1000) kinds.set(kind, hits);
      hits.add(row);
    },
    finish: () => {
      const [, ...others] = [...kinds.values()].sort((a, b) => b.total - a.total);
      if (others.length === 0) return [];
      const all = others.map((hits) => hits.finding(about(others))).sort((a, b) => (a.rows[0] ?? 0) - (b.rows[0] ?? 0));
      const rows = all.flatMap((one) => one.rows).sort((a, b) => a - b);
      const total = all.reduce((sum, one) => sum + one.total, 0);
      return [{ ...about(others), rows, total, places: all.flatMap(({ places }) => places).slice(0, 5) }];
    },
  };
};

function about(others: readonly Hits[]) {
  const total = others.reduce((sum, hits) => sum + hits.total, 0);
  return {
    check: "reply-whitespace",
    severity: "note" as const,
    message: `${counted(total)} whose reply begins or ends with other white space than most`,
    remedy: "trim all replies alike: a leading space becomes part of the first token",
  };
}
