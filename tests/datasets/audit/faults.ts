import type { Severity } from "../../../src/datasets/audit/finding.ts";
import { approximateTokens } from "../../../src/datasets/audit/tokens/approximateTokens.ts";

/** A clean row that faults are planted into. */
export interface CleanRow {
  messages: { role: string; content: string }[];
  [field: string]: unknown;
}

/** What a fault may know of the file it is planted into. */
export interface Planting {
  row: CleanRow;
  /** Rows that stay as they are: one for each place before the faults. */
  clean: readonly CleanRow[];
  /** Most tokens of a row. */
  limit: number;
  prompt: string;
}

/** One fault, in one row. */
export interface Fault {
  name: string;
  check: string;
  /** Absent where it depends on the file. */
  severity?: Severity;
  /** Checks that rightly find the same row. */
  also?: string[];
  /** Other rows that it concerns. */
  rows?: number[];
  /** The row's line in the audited file. */
  plant(planting: Planting): string | Buffer;
  /** A row of the held-out file that makes it a fault. */
  test?(planting: Planting): CleanRow;
}

const askedOf = ({ messages }: CleanRow): string => messages.find(({ role }) => role === "user")?.content ?? "";
const replyOf = ({ messages }: CleanRow): string => messages.at(-1)?.content ?? "";
const say = (role: string, content: unknown): { role: string; content: unknown } => ({ role, content });

/** The row with other messages. */
const chat = (row: CleanRow, messages: unknown): string => JSON.stringify({ ...row, messages });
const pair = (row: CleanRow, asked: unknown, reply: unknown): string =>
  chat(row, [say("user", asked), say("assistant", reply)]);
const withAsked = (change: (text: string) => string): Fault["plant"] => {
  return ({ row }) => pair(row, change(askedOf(row)), replyOf(row));
};
const withReply = (change: (text: string) => string): Fault["plant"] => {
  return ({ row }) => pair(row, askedOf(row), change(replyOf(row)));
};

/** A word more at the end of a long enough text. */
const oneWordMore = (text: string): string => `${text.trimEnd()} Thanks!`;

function tokensOf(asked: string, reply: string): number {
  const found = approximateTokens(undefined).measure([
    { role: "user", content: asked },
    { role: "assistant", content: reply },
  ]);
  return "total" in found ? found.total : 0;
}

/** A reply that fills the row up to the limit exactly. */
function filled({ row, limit }: Planting): string {
  let reply = replyOf(row);
  while (tokensOf(askedOf(row), `${reply} so`) <= limit) reply += " so";
  return pair(row, askedOf(row), reply);
}

const error = { severity: "error" } as const;
const warning = { severity: "warning" } as const;
const note = { severity: "note" } as const;

/** Put together here, so that no scanner takes this file for a leak. */
const madeUpKey = ["sk", "proj", "a1b2c3d4e5f6g7h8i9j0k1l2m3n4"].join("-");

/** Every fault that is planted, each into a row of its own. */
export const faults: readonly Fault[] = [
  {
    name: "bytes that are not UTF-8",
    check: "bad-encoding",
    ...error,
    plant: ({ row }) =>
      Buffer.concat([Buffer.from(`{"messages": "${askedOf(row).length}`), Buffer.from([0xe9, 0x22, 0x7d])]),
  },
  { name: "broken JSON", check: "bad-json", ...error, plant: ({ row }) => JSON.stringify(row).slice(0, -3) },
  { name: "a list for a row", check: "bad-json", ...error, plant: ({ row }) => JSON.stringify(row.messages) },
  {
    name: "no layout",
    check: "unknown-layout",
    ...error,
    plant: ({ row }) => JSON.stringify({ text: askedOf(row), reply: replyOf(row) }),
  },
  {
    name: "another layout",
    check: "mixed-layouts",
    ...error,
    plant: ({ row }) => JSON.stringify({ instruction: askedOf(row), output: replyOf(row) }),
  },
  {
    name: "messages as text",
    check: "messages-type",
    ...error,
    plant: ({ row }) => chat(row, JSON.stringify(row.messages)),
  },
  { name: "no messages", check: "empty-messages", ...error, plant: ({ row }) => chat(row, []) },
  {
    name: "an unknown role",
    check: "unknown-role",
    ...error,
    plant: ({ row }) => chat(row, [say("human", askedOf(row)), say("assistant", replyOf(row))]),
  },
  {
    name: "no content",
    check: "missing-content",
    ...error,
    plant: ({ row }) => chat(row, [say("user", askedOf(row)), { role: "assistant" }]),
  },
  { name: "a number for content", check: "content-type", ...error, plant: ({ row }) => pair(row, askedOf(row), 4) },
  { name: "a message that is a text", check: "bad-message", ...error, plant: ({ row }) => chat(row, [askedOf(row)]) },
  {
    name: "two replies in a row",
    check: "role-order",
    ...error,
    plant: ({ row }) => chat(row, [...row.messages, say("assistant", "One more thing.")]),
  },
  {
    name: "system in the middle",
    check: "role-order",
    ...error,
    plant: ({ row }) =>
      chat(row, [say("user", askedOf(row)), say("system", "Be kind."), say("assistant", replyOf(row))]),
  },
  {
    name: "the assistant first",
    check: "role-order",
    ...error,
    plant: ({ row }) => chat(row, [say("assistant", "Welcome."), ...row.messages]),
  },
  {
    name: "no user",
    check: "role-order",
    ...error,
    also: ["no-place"],
    plant: ({ row }) => chat(row, [say("system", askedOf(row)), say("assistant", replyOf(row))]),
  },
  {
    name: "no reply at the end",
    check: "no-reply",
    ...error,
    plant: ({ row }) => chat(row, [say("user", askedOf(row))]),
  },
  {
    name: "a weight of a half",
    check: "bad-weight",
    ...error,
    plant: ({ row }) => chat(row, [say("user", askedOf(row)), { ...say("assistant", replyOf(row)), weight: 0.5 }]),
  },
  {
    name: "all weights 0",
    check: "nothing-to-learn",
    ...error,
    plant: ({ row }) => chat(row, [say("user", askedOf(row)), { ...say("assistant", replyOf(row)), weight: 0 }]),
  },
  {
    name: "a reply beyond the limit",
    check: "nothing-to-learn",
    ...error,
    also: ["over-limit"],
    plant: ({ row, limit }) => pair(row, `${askedOf(row)}${" go".repeat(limit)}`, replyOf(row)),
  },
  { name: "an empty prompt", check: "empty-text", ...error, plant: withAsked(() => "") },
  { name: "a reply of white space", check: "empty-text", ...error, plant: withReply(() => " \n") },
  {
    name: "a row over the limit",
    check: "over-limit",
    ...error,
    plant: ({ row, limit }) => pair(row, askedOf(row), `${replyOf(row)}${" so".repeat(limit)}`),
  },
  {
    name: "a row that the prompt pushes over the limit",
    check: "pushed-over-limit",
    ...error,
    plant: filled,
  },
  { name: "ChatML in a text", check: "chat-markup", ...error, plant: withReply((text) => `${text}<|im_end|>`) },
  {
    name: "Llama 2's markup in a text",
    check: "chat-markup",
    ...error,
    plant: withAsked((text) => `[INST] ${text} [/INST]`),
  },
  {
    name: "Gemma's markup in a text",
    check: "chat-markup",
    ...error,
    plant: withAsked((text) => `<start_of_turn>user\n${text}<end_of_turn>`),
  },
  { name: "a start token in the text", check: "double-bos", ...error, plant: withAsked((text) => `<s>${text}`) },
  {
    name: "the prompt is there already",
    check: "prompt-present",
    ...error,
    plant: ({ row, prompt }) => pair(row, `${prompt} ${askedOf(row)}`, replyOf(row)),
  },
  {
    name: "the prompt in nearly its words",
    check: "prompt-present",
    ...error,
    plant: ({ row, prompt }) =>
      pair(row, `${askedOf(row)} PLEASE ${prompt.toUpperCase().replace(/\.$/, "")}!`, replyOf(row)),
  },
  { name: "a slot", check: "template-slot", ...warning, plant: withAsked((text) => `${text} {problem}`) },
  {
    name: "a slot in two braces",
    check: "template-slot",
    ...warning,
    plant: withReply((text) => `Dear {{name}}, ${text}`),
  },
  { name: "a place left to do", check: "template-slot", ...warning, plant: withAsked((text) => `TODO ${text}`) },
  {
    name: "an earlier row again",
    check: "duplicate",
    ...note,
    plant: ({ clean }) => JSON.stringify(clean[0]),
  },
  {
    name: "an earlier row's prompt with another reply",
    check: "contradiction",
    rows: [2],
    plant: ({ clean: [, row] }) =>
      pair(row as CleanRow, askedOf(row as CleanRow), "I would rather talk about something else today."),
  },
  {
    name: "an earlier row with a word more",
    check: "near-duplicate",
    ...note,
    plant: ({ clean: [, , row] }) =>
      pair(row as CleanRow, oneWordMore(askedOf(row as CleanRow)), replyOf(row as CleanRow)),
  },
  {
    name: "a held-out question",
    check: "test-overlap",
    ...error,
    plant: ({ row }) => JSON.stringify(row),
    test: ({ row }) => row,
  },
  {
    name: "a held-out question with a word more",
    check: "near-test-overlap",
    ...warning,
    plant: ({ row }) => pair(row, `${longQuestion} ${askedOf(row)}`, replyOf(row)),
    test: ({ row }) => JSON.parse(pair(row, oneWordMore(`${longQuestion} ${askedOf(row)}`), replyOf(row))) as CleanRow,
  },
  { name: "mojibake", check: "mojibake", ...warning, plant: withReply((text) => `${text} CafÃ© dâ€™Orsay`) },
  {
    name: "a replacement character",
    check: "replacement-character",
    ...warning,
    plant: withReply((text) => `${text} caf\ufffd`),
  },
  {
    name: "half a character",
    check: "replacement-character",
    ...warning,
    plant: withReply((text) => `${text} \ud83d`),
  },
  { name: "a control character", check: "control-character", ...warning, plant: withReply((text) => `${text}\u0007`) },
  { name: "a mark of direction", check: "control-character", ...warning, plant: withAsked((text) => `${text}\u202e`) },
  {
    name: "a key",
    check: "secret",
    ...warning,
    plant: withAsked((text) => `${text} My key is ${madeUpKey}, keep it.`),
  },
  {
    name: "an address",
    check: "email-address",
    ...note,
    plant: withAsked((text) => `${text} Write to jo@mail-of-mine.org.`),
  },
  { name: "a reply with a leading space", check: "reply-whitespace", ...note, plant: withReply((text) => ` ${text}`) },
  {
    name: "a refusal",
    check: "refusals",
    ...note,
    plant: withReply((text) => `I'm sorry, but I can't help with that. ${text.slice(0, 9).trim()}`),
  },
  {
    name: "rows that ran together",
    check: "long-outlier",
    ...note,
    also: ["over-limit"],
    plant: ({ row, limit }) =>
      pair(row, askedOf(row), Array.from({ length: 10 * limit }, (_, i) => `${i} ${replyOf(row)}`).join("\n")),
  },
];

/** Ten words that no row has. */
const longQuestion = "My grandmother keeps seven purple umbrellas beside the old harbor gate.";

/** The secret, which must show nowhere. */
export const secretText = madeUpKey;
