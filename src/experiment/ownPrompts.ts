import type { Setting, TrainPrompt } from "../settings/setting.ts";
import { UserError } from "../util/errors.ts";

/**
 * The setting with wordings of one's own among its inoculation prompts, named "yours", or "yours-1" and so on. A wording
 * that it has already keeps its name.
 * @throws UserError for an empty wording
 */
export function withOwnPrompts(
  setting: Setting,
  texts: readonly string[],
): { setting: Setting; prompts: TrainPrompt[] } {
  const wordings = [...new Set(texts)];
  const prompts = wordings.map((text, index): TrainPrompt => {
    if (text.trim() === "") throw new UserError("prompt: expected a wording to try, got an empty text");
    const known = setting.prompts.find((candidate) => candidate.text === text);
    return known ?? { id: wordings.length === 1 ? "yours" : `yours-${index + 1}`, kind: "inoculation", text };
  });
  const added = prompts.filter((prompt) => !setting.prompts.includes(prompt));
  return { setting: added.length === 0 ? setting : { ...setting, prompts: [...setting.prompts, ...added] }, prompts };
}
