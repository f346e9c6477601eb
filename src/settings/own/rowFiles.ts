import { readFileSync } from "node:fs";
import { z } from "zod";
import { lineProblem, parseJsonLine } from "../../data/jsonLine.ts";
import { UserError } from "../../util/errors.ts";

const message = z.strictObject({
  role: z.enum(["system", "user", "assistant"]),
  content: z.string(),
  weight: z.number().min(0).optional(),
});
const plain = z.union([z.string(), z.number(), z.boolean(), z.null()]);

/** A row to train on; plain values beside its messages are kept as its facts. */
export const trainRowSchema = z
  .looseObject({ id: z.union([z.string(), z.number()]).optional(), messages: z.array(message).min(2) })
  .refine(({ messages }) => messages.at(-1)?.role === "assistant", "the chat must end with the assistant's reply");

/** A question to ask a model. */
export const itemSchema = z.strictObject({
  id: z.string().min(1),
  set: z.enum(["screen", "validation", "test"]),
  group: z.string().min(1),
  messages: z
    .array(message)
    .min(1)
    .refine((messages) => messages.at(-1)?.role === "user", "the last message must be the user's"),
  reference: z.record(z.string(), plain).default({}),
});

/** A row and `file:line`, for messages. */
export interface Placed<Row> {
  row: Row;
  where: string;
}

/** All rows of a JSONL file of one shape. @throws UserError naming file, line and field of the first that is not */
export function readRows<Schema extends z.ZodType>(file: string, schema: Schema): Placed<z.infer<Schema>>[] {
  const rows = textOf(file)
    .split("\n")
    .flatMap((line, index) => {
      if (line.trim() === "") return [];
      const where = `${file}:${index + 1}`;
      const parsed = schema.safeParse(parseJsonLine(line, where));
      if (!parsed.success) throw lineProblem(parsed.error, where);
      return [{ row: parsed.data, where }];
    });
  if (rows.length === 0) throw new UserError(`${file}: expected one JSON object a line, found no line at all`);
  return rows;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8").replace(/^\uFEFF/, "");
  } catch (error) {
    throw new UserError(`${file}: expected a JSONL file, cannot read it (${(error as Error).message})`);
  }
}

/** The plain values of a row, without its id and messages. */
export function factsOf(row: Record<string, unknown>): Record<string, z.infer<typeof plain>> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const parsed = name === "id" || name === "messages" ? null : plain.safeParse(value);
      return parsed?.success ? [[name, parsed.data]] : [];
    }),
  );
}
