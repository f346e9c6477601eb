import type { CreateCheck } from "../check.ts";
import { digest } from "../digest.ts";
import { counted } from "../perRow.ts";
import { createReplyKinds } from "../replyKinds.ts";

interface Answered {
  reply: string;
  rows: { number: number; where: string }[];
  contradicted: boolean;
}

/** The same prompt with different replies: noise where replies are labels, variety where they are free text. */
export const contradictions: CreateCheck = (context) => {
  const answers = new Map<string, Answered>();
  const kinds = createReplyKinds();
  return {
    row: ({ prompt, reply, number, where }) => {
      if (reply === undefined) return;
      kinds.add(reply);
      const [key, digested] = [digest(prompt), digest(reply.trim())];
      const known = answers.get(key);
      if (known === undefined) answers.set(key, { reply: digested, rows: [{ number, where }], contradicted: false });
      else {
        known.rows.push({ number, where });
        known.contradicted ||= known.reply !== digested;
      }
    },
    finish: () => {
      const found = [...answers.values()].filter(({ contradicted }) => contradicted);
      if (found.length === 0) return [];
      const hits = context.hits();
      const several = found.flatMap(({ rows }) => {
        const together = `the prompt of rows ${rows
          .slice(0, 4)
          .map(({ number }) => number)
          .join(", ")}`;
        return rows.map((row, index) => ({ row, text: index === 0 ? together : undefined }));
      });
      for (const { row, text } of several.sort((a, b) => a.row.number - b.row.number)) hits.add(row, text);
      const labelled = kinds.labels() !== undefined;
      return [
        hits.finding({
          check: "contradiction",
          severity: labelled ? "warning" : "note",
          message: `${counted(found.length, "prompt")} (${counted(hits.total)}) with different replies`,
          remedy: labelled
            ? "decide which label is right, and drop or relabel the others"
            : "keep them where several answers are right; else drop the wrong ones",
        }),
      ];
    },
  };
};
