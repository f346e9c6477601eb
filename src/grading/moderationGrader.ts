import { createHash } from "node:crypto";
import { UserError } from "../util/errors.ts";
import type { Grade, GradeRequest, Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";
import { broken, type LlmGraderOptions, type Stops } from "./judgeGrader.ts";
import { allOrStop } from "./llm/allOrStop.ts";
import { createAnswerCache } from "./llm/answerCache.ts";
import { createLlmClient } from "./llm/createLlmClient.ts";

export type ModerationSpec = Extract<GraderSpec, { moderation: string }>;

/**
 * The score of one category, 0 to 1, that a moderation endpoint gives a reply. An empty reply is excluded: the endpoint
 * has nothing to judge.
 */
export function createModerationGrader(spec: ModerationSpec, options: LlmGraderOptions = {}): Grader {
  const { moderation: category, value, model } = spec;
  const client = options.client ?? createLlmClient();
  const identity = { model: model ?? null };
  const cache = createAnswerCache<Record<string, number>>(options.cacheFolder, { moderation: identity });

  const gradeOne = async ({ completion }: GradeRequest, stops: Stops): Promise<Grade> => {
    if (completion.trim() === "") return { values: { [value]: null }, excluded: "the reply is empty" };
    const scores = await cache.answer(completion, () => client.moderate(completion, { model, ...stops }));
    const score = Object.hasOwn(scores, category) ? scores[category] : undefined;
    if (score !== undefined) return { values: { [value]: score } };
    const known = Object.keys(scores).sort().join(", ");
    throw new UserError(`moderation "${category}": the endpoint has no such category; it has ${known}`);
  };
  return {
    id: `moderation-${value}`,
    version: createHash("sha256")
      .update(JSON.stringify({ category, ...identity }))
      .digest("hex")
      .slice(0, 16),
    grade: (batch, { signal } = {}) =>
      allOrStop(batch, (request, giveUp) =>
        gradeOne(request, { signal, giveUp }).catch((error: unknown) => {
          throw broken(error, `moderation "${category}", item ${request.itemId}`);
        }),
      ),
    close: async () => {},
  };
}
