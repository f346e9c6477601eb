import type { CreateCheck } from "../check.ts";
import type { Finding, Severity } from "../finding.ts";
import type { Hits } from "../hits.ts";
import { counted } from "../perRow.ts";

interface Form {
  severity: Severity;
  /** Said after the number of rows. */
  message: string;
  remedy: string;
}

/** What can be wrong with a row's form, by the check that names it. */
const forms: Readonly<Record<string, Form>> = {
  "bad-encoding": {
    severity: "error",
    message: "that are not UTF-8",
    remedy: "save the file as UTF-8, e.g. with iconv -f WINDOWS-1252 -t UTF-8",
  },
  "bad-json": {
    severity: "error",
    message: "that are no JSON object",
    remedy: "write one JSON object a line, with a JSON library",
  },
  "cell-count": {
    severity: "error",
    message: "of a table with more or fewer cells than its first line",
    remedy: "put cells with the separator or a line end in them into quotes",
  },
  "unknown-layout": {
    severity: "error",
    message: "in no known layout",
    remedy: 'give every row "messages", or "prompt" and "completion"; name other columns with --columns',
  },
  "messages-type": {
    severity: "error",
    message: "whose messages are no list",
    remedy: "write messages as a JSON list of objects, not as text",
  },
  "empty-messages": { severity: "error", message: "without any message", remedy: "drop these rows" },
  "bad-message": {
    severity: "error",
    message: "whose fields are not of the types that readers expect",
    remedy: 'write every message as {"role": ..., "content": ...}, and texts as text',
  },
  "unknown-role": {
    severity: "error",
    message: "with an unknown role",
    remedy: "use the roles system, user, assistant and tool",
  },
  "missing-content": {
    severity: "error",
    message: "with a message without content",
    remedy: "give the message a text, or drop the row",
  },
  "content-type": {
    severity: "error",
    message: "with content that is neither text nor a list of parts",
    remedy: "write content as text",
  },
  "role-order": {
    severity: "error",
    message: "whose roles are out of order",
    remedy: "system first if at all, then user and assistant in turn; join messages of one role",
  },
  "no-reply": {
    severity: "error",
    message: "that don't end with the assistant's reply",
    remedy: "cut the chat after its last reply, or drop it: there is nothing to learn at its end",
  },
  "bad-weight": {
    severity: "error",
    message: "with a weight other than 0 or 1, or on another role than the assistant's",
    remedy: "use 0 or 1: OpenAI takes no other; leave weights out of other messages",
  },
};

/** Rows of broken form, each kind by itself: all of them, not only the first. */
export const form: CreateCheck = (context) => {
  const found = new Map<string, Hits>();
  return {
    anyRow: (row) => {
      const seen = new Set<string>();
      for (const { check, detail } of row.faults) {
        if (seen.has(check)) continue;
        seen.add(check);
        const hits = found.get(check) ?? context.hits();
        found.set(check, hits);
        hits.add(row, detail);
      }
    },
    finish: () =>
      Object.entries(forms).flatMap(([check, { severity, message, remedy }]): Finding[] => {
        const hits = found.get(check);
        return hits ? [hits.finding({ check, severity, message: `${counted(hits.total)} ${message}`, remedy })] : [];
      }),
  };
};
