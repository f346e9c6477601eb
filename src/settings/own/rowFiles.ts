import { z } from "zod";

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

/** The plain values of a row, without its id and messages. */
export function factsOf(row: Record<string, unknown>): Record<string, z.infer<typeof plain>> {
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]) => {
      const parsed = name === "id" || name === "messages" ? null : plain.safeParse(value);
      return parsed?.success ? [[name, parsed.data]] : [];
    }),
  );
}
