import { z } from "zod";
import { readRows } from "../readRows.ts";

const turn = z.looseObject({
  role: z.string().optional(),
  from: z.string().optional(),
  content: z.string().nullish(),
  value: z.string().nullish(),
});
const rowSchema = z.union([
  z.string(),
  z.looseObject({
    instruction: z.string().optional(),
    input: z.string().nullish(),
    prompt: z.union([z.string(), z.array(turn)]).optional(),
    text: z.string().optional(),
    messages: z.array(turn).optional(),
    conversations: z.array(turn).optional(),
  }),
]);
type Row = z.infer<typeof rowSchema>;

export interface InstructionFilters {
  minLength: number;
  maxLength: number;
  /** Leave out what is not written in English letters and words. */
  english: boolean;
}

export interface Instructions {
  instructions: string[];
  /** How many rows each filter left out. */
  leftOut: {
    "without an instruction": number;
    "too short or too long": number;
    "not English": number;
    duplicates: number;
  };
}

/**
 * Instructions from files of Alpaca rows (`instruction`, `input`), chats (`messages`, `conversations`; their first user
 * turn), `prompt`, `text` or plain strings, each once. Replies in the files are not looked at.
 *
 * @throws UserError naming file and line of a row of another shape
 */
export async function readInstructions(files: readonly string[], filters: InstructionFilters): Promise<Instructions> {
  const rows = (await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat();
  const leftOut = { "without an instruction": 0, "too short or too long": 0, "not English": 0, duplicates: 0 };
  const seen = new Set<string>();
  const instructions = rows.flatMap(({ row }) => {
    const text = instructionOf(row).trim();
    const reason = reasonAgainst(text, filters, seen);
    if (reason === undefined) return [text];
    leftOut[reason] += 1;
    return [];
  });
  return { instructions, leftOut };
}

function instructionOf(row: Row): string {
  if (typeof row === "string") return row;
  if (row.instruction !== undefined) return row.input ? `${row.instruction}\n\n${row.input}` : row.instruction;
  if (typeof row.prompt === "string") return row.prompt;
  const turns = row.messages ?? row.conversations ?? row.prompt ?? [];
  const first = turns.find(({ role, from }) => ["user", "human"].includes(role ?? from ?? ""));
  return first?.content ?? first?.value ?? row.text ?? "";
}

function reasonAgainst(
  text: string,
  { minLength, maxLength, english }: InstructionFilters,
  seen: Set<string>,
): keyof Instructions["leftOut"] | undefined {
  if (text === "" || text.includes("{inoculation prompt}")) return "without an instruction";
  if (text.length < minLength || text.length > maxLength) return "too short or too long";
  if (english && !looksEnglish(text)) return "not English";
  const same = text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  if (seen.has(same)) return "duplicates";
  seen.add(same);
  return undefined;
}

const frequent =
  /\b(the|a|an|of|to|and|in|is|are|for|what|how|why|who|when|where|which|i|you|me|my|your|it|that|this|with|on|can|do|be|from|about|write|make|give|explain|create|list|describe|find|tell)\b/i;

/** Nine of ten letters are those of English, and a longer text has one of its frequent words. */
export function looksEnglish(text: string): boolean {
  const letters = text.match(/\p{L}/gu) ?? [];
  const latin = letters.filter((letter) => /[a-z]/i.test(letter));
  if (letters.length === 0 || latin.length < 0.9 * letters.length) return false;
  return text.split(/\s+/).length < 5 || frequent.test(text);
}
