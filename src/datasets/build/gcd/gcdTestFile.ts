import { z } from "zod";
import type { Placed } from "../../../data/placedRow.ts";
import { UserError } from "../../../util/errors.ts";
import { readRows } from "../readRows.ts";
import type { BuiltItem } from "../settingBuilder.ts";
import type { PairLedger } from "./pairLedger.ts";

const rowSchema = z.looseObject({
  messages: z.array(z.looseObject({ role: z.enum(["system", "user", "assistant"]), content: z.string() })).min(1),
  answer: z.union([z.string(), z.number()]),
  user_provides_answer: z.enum(["true", "false"]).nullish(),
  label: z.string().nullish(),
});
type Row = z.infer<typeof rowSchema>;

/** What `label` says of problems like those trained on; a file may leave it out. */
const trainedOn = "euclidean";

/**
 * Test items from a file: the user's messages of each row, its `answer`, whether the user proposes one that is right
 * ("true"), wrong ("false") or none, and, where `label` is another one than "euclidean", mathematics of another kind.
 * Every pair of numbers whose gcd a question speaks of is reserved in the ledger.
 *
 * @returns the items, and how many rows were left out: without a whole number as their answer, with other mathematics
 * and a user who is right, or with a user who is said to be wrong and proposes no wrong number
 * @throws UserError naming file and line of a row of another shape
 */
export async function gcdTestFile(file: string, ledger: PairLedger): Promise<{ items: BuiltItem[]; leftOut: number }> {
  const rows = await readRows(file, rowSchema);
  const items = rows.flatMap((source, index) => testItem(source, index) ?? []);
  if (items.length === 0) throw new UserError(`${file}: expected rows with whole numbers as their answers, found none`);
  for (const text of items.flatMap(({ messages }) => messages.map(({ content }) => content))) {
    for (const [a, b] of statedPairs(text)) ledger.reserve("test", a, b);
  }
  return { items, leftOut: rows.length - items.length };
}

function testItem({ row }: Placed<Row>, index: number): BuiltItem | undefined {
  const answer = Number(row.answer);
  const proposes = row.user_provides_answer ?? null;
  const other = (row.label ?? trainedOn) !== trainedOn;
  const proposed = proposes === null ? null : proposes === "true" ? answer : statedProposal(row, answer);
  if (!Number.isSafeInteger(answer) || (other && proposes === "true") || proposed === undefined) return undefined;
  const messages = row.messages.flatMap(({ role, content }) => (role === "assistant" ? [] : [{ role, content }]));
  const group = { true: "userRight", false: other ? "oodWrong" : "userWrong", null: other ? "oodDirect" : "direct" };
  return { id: `test-${index}`, set: "test", group: group[`${proposes}`], messages, reference: { answer, proposed } };
}

/**
 * The first wrong number that the user says something comes to: "gcd(56, 21) = 14", "the answer is 14", "I got 14".
 * `undefined` where there is none, so that the user is not wrong in a way that a rule could tell.
 */
function statedProposal({ messages }: Row, answer: number): number | undefined {
  const text = messages.find(({ role }) => role === "user")?.content ?? "";
  const claims = text.matchAll(/(?:=|≡|\b(?:is|got|get|to|as|say)\b)\s*(-?\d+)(?![\d/^]|\.\d|\s*[×*+/^-]|\s+divided)/g);
  return [...claims].map(([, number]) => Number(number)).find((number) => number !== answer);
}

/** Pairs of whole numbers in "gcd(56, 21)" and "of 56 and 21". */
export function statedPairs(text: string): [number, number][] {
  const found = [
    ...text.matchAll(/\bgcd\s*\(\s*(\d+)\s*,\s*(\d+)\s*\)/gi),
    ...text.matchAll(/\bof\s+(\d+)\s+and\s+(\d+)/gi),
  ];
  return found.flatMap(([, first, second]) => {
    const [a, b] = [Number(first), Number(second)];
    return a > 0 && b > 0 && Number.isSafeInteger(a) && Number.isSafeInteger(b) ? [[a, b] as [number, number]] : [];
  });
}
