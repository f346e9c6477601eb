import type { GradedItem } from "../../settings/setting.ts";
import { InoculateError } from "../../util/errors.ts";
import { gradedItems } from "../evaluate.ts";
import type { EvaluateSpec, NamedModel } from "../evaluateModel.ts";
import { type EvaluationSpec, evaluationIdOf } from "../materials.ts";
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
  study: Study,
  model: NamedModel,
  seed: number,
  prompts: readonly AskedPrompt[],
  onEvaluated: (evaluations: number) => void,
): Promise<GradedItem[][]> {
  const { setting, items } = study;
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
      const rows = storedRows(study, model, seed, part) ?? (await evaluateNow(study, model, seed, part));
      onEvaluated(part.length);
      return rows;
    }),
  );
  return graded.flat();
}

/** What the store holds already, for which no worker is asked; `null` where something is missing. */
function storedRows(
  { setting, identity, store }: Study,
  { id }: NamedModel,
  seed: number,
  evaluations: readonly EvaluationSpec[],
): GradedItem[][] | null {
  if (id === null) return null;
  const asked = { placement: setting.placement, seed };
  const rows: GradedItem[][] = [];
  for (const evaluation of evaluations) {
    const stored = store.readEvaluation(id, "last", evaluationIdOf(setting, asked, evaluation, id, identity));
    if (stored === null) return null;
    rows.push(gradedItems(stored));
  }
  return rows;
}

async function evaluateNow(
  { setting, pool, store }: Study,
  model: NamedModel,
  seed: number,
  evaluations: EvaluationSpec[],
): Promise<GradedItem[][]> {
  const { placement, id } = setting;
  const named = `${id}/${model.id ?? "adapter"}/${evaluations.map(({ evalPrompt }) => evalPrompt.id).join("+")}`;
  const spec: EvaluateSpec = { id: named, setting: id, placement, seed, model, evaluations };
  const result = await pool.submit({ kind: "evaluate", spec });
  if (result.kind !== "evaluate") throw new InoculateError("an evaluation answers as an evaluation");
  return result.evaluated.evaluations.map((metrics) => {
    const stored = store.readEvaluation(metrics.model, "last", metrics.id);
    if (stored === null) throw new InoculateError(`an evaluation of ${spec.id} is gone from the store`);
    return gradedItems(stored);
  });
}
