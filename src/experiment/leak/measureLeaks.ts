import type { GradedItem } from "../../settings/setting.ts";
import { InoculateError } from "../../util/errors.ts";
import { gradedItems } from "../evaluate.ts";
import type { EvaluateSpec, NamedModel } from "../evaluateModel.ts";
import type { EvaluationSpec } from "../materials.ts";
import { spread } from "../plan.ts";
import type { Arm } from "../resample.ts";
import type { Study } from "../screen.ts";

/** A prompt, and what is asked under it: the behavior, and the capability unless it asks for the behavior. */
export interface AskedPrompt {
  id: string;
  text: string;
  capability: "all" | "some" | "none";
}

/** Prompts of one piece of work: few enough to share the work out, enough to start a grader for. */
const PROMPTS_AT_ONCE = 8;

/**
 * The graded test items of a model under each prompt, by seed.
 * @returns in the order of the prompts
 */
export async function measureLeaks(
  study: Study,
  models: ReadonlyMap<number, NamedModel>,
  prompts: readonly AskedPrompt[],
  onEvaluated: (evaluations: number) => void = () => undefined,
): Promise<Arm[]> {
  const bySeed = await Promise.all(
    [...models].map(
      async ([seed, model]) => [seed, await underEach(study, model, seed, prompts, onEvaluated)] as const,
    ),
  );
  return prompts.map((_, index) => new Map(bySeed.map(([seed, rows]) => [seed, rows[index] as GradedItem[]])));
}

async function underEach(
  { setting, items, pool, store }: Study,
  model: NamedModel,
  seed: number,
  prompts: readonly AskedPrompt[],
  onEvaluated: (evaluations: number) => void,
): Promise<GradedItem[][]> {
  const evaluations = prompts.map(({ id, text, capability }): EvaluationSpec => {
    const count = { all: items.testCapability, some: Math.min(items.testCapability, items.testOther), none: 0 };
    const capable = capability === "none" ? {} : spread(setting, setting.capabilityMetric, count[capability]);
    const behavior = spread(setting, setting.behaviorMetric, items.test);
    return { evalPrompt: { id, text }, split: "test", perGroup: { ...capable, ...behavior } };
  });
  const parts = Array.from({ length: Math.ceil(evaluations.length / PROMPTS_AT_ONCE) }, (_, part) =>
    evaluations.slice(part * PROMPTS_AT_ONCE, (part + 1) * PROMPTS_AT_ONCE),
  );
  const graded = await Promise.all(
    parts.map(async (part): Promise<GradedItem[][]> => {
      const { placement, id } = setting;
      const named = `${id}/${model.id ?? "adapter"}/${part.map(({ evalPrompt }) => evalPrompt.id).join("+")}`;
      const spec: EvaluateSpec = { id: named, setting: id, placement, seed, model, evaluations: part };
      const result = await pool.submit({ kind: "evaluate", spec });
      if (result.kind !== "evaluate") throw new InoculateError("an evaluation answers as an evaluation");
      onEvaluated(part.length);
      return result.evaluated.evaluations.map((metrics) => {
        const stored = store.readEvaluation(metrics.model, "last", metrics.id);
        if (stored === null) throw new InoculateError(`an evaluation of ${spec.id} is gone from the store`);
        return gradedItems(stored);
      });
    }),
  );
  return graded.flat();
}
