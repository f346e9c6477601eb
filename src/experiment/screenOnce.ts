import { withOwnPrompts } from "./ownPrompts.ts";
import { seal } from "./prediction/seal.ts";
import type { ScreeningPoint, SealedPredictions } from "./result.ts";
import { screenedPrompts, screenPrompts } from "./screen.ts";
import type { StudyOptions } from "./study.ts";
import { withStudy } from "./withStudy.ts";

export interface ScreenOptions extends StudyOptions {
  /** Wordings of one's own, screened beside the setting's prompts. @default none */
  prompts?: readonly string[] | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

export interface ScreenOutcome extends Omit<SealedPredictions, "selected"> {
  setting: string;
  behaviorMetric: string;
  baseModelHash: string;
  /** Screen items that elicitation was measured on. */
  items: number;
  /** Level of the behavior in the flawed data, 0 to 1. */
  dataLevel: number;
  /** The prompt to train with; null: no candidate changes what the model does. */
  selected: { by: "elicitation"; split: "screen"; id: string | null };
  /** Most eliciting first. */
  points: (Omit<ScreeningPoint, "behaviorAfterTraining"> & { text: string })[];
  reused: boolean;
}

/** Ranks a setting's candidate prompts on the initial model; trains nothing. What it predicts is sealed in the store. @throws UserError */
export async function screenOnce(settingId: string, options: ScreenOptions = {}): Promise<ScreenOutcome> {
  return withStudy(settingId, options, async (opened) => {
    const { setting } = withOwnPrompts(opened.setting, options.prompts ?? []);
    const study = { ...opened, setting };
    const { baseModelHash } = study.identity;
    const screening = await screenPrompts(study, screenedPrompts(setting), options.onProgress);
    const { points, items, dataLevel, reused } = screening;
    const { selected, ...sealed } = await seal(screening, study);
    const texts = new Map(setting.prompts.map(({ id, text }) => [id, text]));
    const ranked = points.toSorted((a, b) => b.elicitationRate - a.elicitationRate);
    return {
      setting: setting.id,
      behaviorMetric: setting.behaviorMetric,
      baseModelHash,
      items,
      dataLevel,
      selected: { by: "elicitation", split: "screen", id: selected },
      ...sealed,
      points: ranked.map((point) => ({ ...point, text: texts.get(point.prompt) ?? "" })),
      reused,
    };
  });
}
