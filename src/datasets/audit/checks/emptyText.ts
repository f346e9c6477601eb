import { perRow } from "../perRow.ts";

/** Prompts or replies without any text, beside tool calls none is needed. */
export const emptyText = perRow({
  check: "empty-text",
  severity: "error",
  remedy: "drop these rows: an empty reply teaches to say nothing",
  find: ({ messages, texts }) => {
    const at = texts.findIndex(
      ({ text }, index) => text.trim() === "" && !isCall(messages[index]?.rest) && !hasParts(messages[index]?.content),
    );
    return at < 0 ? undefined : `message ${at + 1} (${texts[at]?.role}) is empty`;
  },
  message: (rows) => `${rows} with an empty message`,
});

function isCall(rest: Record<string, unknown> | undefined): boolean {
  return rest?.tool_calls !== undefined || rest?.function_call !== undefined;
}

/** An image says something without text. */
function hasParts(content: unknown): boolean {
  return Array.isArray(content) && content.some(({ type }) => type !== "text");
}
