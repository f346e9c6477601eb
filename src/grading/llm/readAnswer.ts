import { z } from "zod";
import { UserError } from "../../util/errors.ts";
import { PassingError } from "./llmErrors.ts";

/** What an LLM said. */
export interface ChatAnswer {
  /** Empty where it said nothing. */
  text: string;
  /** It ran into its limit of tokens. */
  cut: boolean;
  /** Why it did not answer: its own words, or those of the server's filter. */
  refusal?: string;
  inputTokens: number;
  outputTokens: number;
}

const count = z.int().min(0).catch(0);
const chatSchema = z.object({
  choices: z
    .array(
      z.object({
        finish_reason: z.string().nullish(),
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: count, completion_tokens: count }).nullish(),
});
const moderationSchema = z.object({
  results: z.array(z.object({ category_scores: z.record(z.string(), z.number().min(0).max(1).nullable()) })).min(1),
});

/** @throws PassingError where it is no answer to a chat, UserError where it is none of such an API at all */
export function chatAnswer(value: unknown): ChatAnswer {
  const { choices, usage } = expectShape(value, chatSchema, "a chat completion");
  const [{ message, finish_reason: reason }] = choices as [(typeof choices)[number]];
  const refusal = message.refusal ?? (reason === "content_filter" ? "the server's content filter" : undefined);
  return {
    text: message.content ?? "",
    cut: reason === "length",
    ...(refusal && { refusal }),
    inputTokens: usage?.prompt_tokens ?? 0,
    outputTokens: usage?.completion_tokens ?? 0,
  };
}

/** @throws PassingError where it is no answer of a moderation endpoint */
export function moderationScores(value: unknown): Record<string, number> {
  const { results } = expectShape(value, moderationSchema, "a moderation");
  const scores = Object.entries(results[0]?.category_scores ?? {});
  return Object.fromEntries(scores.flatMap(([category, score]) => (score === null ? [] : [[category, score]])));
}

function expectShape<Schema extends z.ZodType>(value: unknown, schema: Schema, what: string): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  if (typeof value === "string" && value !== "") {
    throw new UserError(
      `the LLM's server answered with a page of text in place of ${what}; check INOCULATE_LLM_BASE_URL, which most often ends with /v1`,
    );
  }
  const [issue] = parsed.error.issues;
  throw new PassingError(`expected ${what}, ${issue?.path.join(".") || "the answer"}: ${issue?.message}`);
}
