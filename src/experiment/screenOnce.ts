import { predict } from "./predict.ts";
import type { Prediction, ScreeningPoint } from "./result.ts";
import { screenedPrompts, screenPrompts } from "./screen.ts";
import { openStudy, type StudyOptions } from "./study.ts";

export interface ScreenOptions extends StudyOptions {
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ScreenOutcome {
  setting: string;
  behaviorMetric: string;
  baseModelHash: string;
  /** Screen items that elicitation was measured on. */
  items: number;
  /** The prompt to train with; null: no candidate changes what the model does. */
  selected: { by: "elicitation"; split: "screen"; id: string | null };
  rule: string;
  predictions: Prediction[];
  /** Most eliciting first. */
  points: (Omit<ScreeningPoint, "behaviorAfterTraining"> & { text: string })[];
  reused: boolean;
}

/** Ranks a setting's candidate prompts on the initial model; trains nothing and seals nothing. @throws UserError */
export async function screenOnce(settingId: string, options: ScreenOptions = {}): Promise<ScreenOutcome> {
  const study = await openStudy(settingId, options);
  try {
    const { setting, identity } = study;
    const { points, items, reused } = await screenPrompts(study, screenedPrompts(setting), options.onProgress);
    const { rule, selected, predictions } = predict(points);
    const texts = new Map(setting.prompts.map(({ id, text }) => [id, text]));
    const ranked = points.toSorted((a, b) => b.elicitationRate - a.elicitationRate);
    return {
      setting: setting.id,
      behaviorMetric: setting.behaviorMetric,
      baseModelHash: identity.baseModelHash,
      items,
      selected: { by: "elicitation", split: "screen", id: selected },
      rule,
      predictions,
      points: ranked.map((point) => ({ ...point, text: texts.get(point.prompt) ?? "" })),
      reused,
    };
  } finally {
    await study.pool.close();
  }
}
