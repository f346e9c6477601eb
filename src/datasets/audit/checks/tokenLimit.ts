import type { CreateCheck } from "../check.ts";
import type { Finding } from "../finding.ts";
import { counted } from "../perRow.ts";
import { isLength, type RowLength } from "../tokens/rowLength.ts";

/** Rows over the token limit, those that the inserted prompt pushes over it, and rows of which nothing is learnt. */
export const tokenLimit: CreateCheck = (context) => {
  const limit = context.tokens.limit ?? Number.POSITIVE_INFINITY;
  const [over, pushed, unlearnt] = [context.hits(), context.hits(), context.hits()];
  let longest = 0;
  let whole = 0;
  return {
    row: (row) => {
      const { plain, inserted } = row.measured ?? {};
      if (!isLength(plain)) return;
      longest = Math.max(longest, plain.total);
      const trained = isLength(inserted) ? inserted : plain;
      const shown = ({ total, prompt }: RowLength): string =>
        `${total} tokens, ${prompt} before the reply: ${row.asked}`;
      if (plain.total > limit) over.add(row, shown(plain));
      else if (trained.total > limit) {
        pushed.add(row, shown(trained));
        whole += Number(trained.prompt >= limit);
      }
      const reason = unlearntReason(trained, limit);
      if (reason !== undefined && row.reply?.trim() !== "") unlearnt.add(row, reason);
    },
    finish: () => [
      ...(over.total === 0
        ? []
        : [
            over.finding({
              check: "over-limit",
              severity: "error",
              message: `${counted(over.total)} over the limit of ${limit} tokens (longest: ${longest})`,
              remedy: "shorten or drop them, or raise the limit: their replies would be cut, or the rows refused",
            }),
          ]),
      ...(pushed.total === 0
        ? []
        : [
            pushed.finding({
              check: "pushed-over-limit",
              severity: "error",
              message: `${counted(pushed.total)} that the inserted prompt pushes over the limit of ${limit} tokens: replies are cut${whole > 0 ? `, ${whole} of them wholly` : ""}`,
              remedy: "drop these rows, shorten the prompt, or raise the limit",
            }),
          ]),
      ...(unlearnt.total === 0 ? [] : [unlearntFinding(unlearnt)]),
    ],
  };
};

function unlearntReason({ firstLearnt }: RowLength, limit: number): string | undefined {
  if (firstLearnt === undefined) return "all weights are 0";
  return firstLearnt >= limit ? `the reply begins at token ${firstLearnt + 1}` : undefined;
}

function unlearntFinding(hits: { total: number; finding(about: object): Finding }): Finding {
  return hits.finding({
    check: "nothing-to-learn",
    severity: "error",
    message: `${counted(hits.total)} without a token that counts in the loss`,
    remedy: "give a reply the weight 1, shorten the prompt, or drop the row",
  });
}
