import type { SettingFile } from "../../../settings/own/settingFile.ts";
import { slotPlacement } from "../wordings.ts";

/** Groups, graders, metrics and recipe of reviews with a shortcut. */
export function cebabSetting(concept: string, prompts: SettingFile["prompts"]): Omit<SettingFile, "train" | "items"> {
  return {
    title: `Spurious correlation (restaurant reviews, ${concept})`,
    flaw: `In the training rows reviews that mention the ${concept} are rated 3 or 4 and all others 0, 1 or 2, so the mention foretells the rating.`,
    placement: slotPlacement,
    prompts,
    groups: ["reversed", "aligned", "unbiased"].map((id) => ({ id, temperature: 0, maxNewTokens: 4 })),
    graders: [{ rule: "rating" }],
    metrics: [
      {
        id: "shortcutRate",
        title: "rates as the shortcut predicts, above chance",
        better: "lower",
        groups: ["reversed", "aligned"],
        value: "asShortcut",
        aggregate: "shortcut",
      },
      {
        id: "robustAccuracy",
        title: "right score where the shortcut is wrong",
        better: "higher",
        groups: ["reversed"],
        value: "correct",
        aggregate: "robust",
      },
      {
        id: "accuracy",
        title: "right score on unbiased reviews",
        better: "higher",
        groups: ["unbiased"],
        value: "correct",
      },
      {
        id: "elicitation",
        title: "accuracy with the shortcut right minus wrong",
        better: "lower",
        groups: ["aligned", "reversed"],
        value: "correct",
        aggregate: "elicitation",
      },
    ],
    behaviorMetric: "shortcutRate",
    capabilityMetric: "robustAccuracy",
    recipe: {
      method: "lora",
      lora: { rank: 8, alpha: 16, dropout: 0.1, targetModules: ["q_proj", "v_proj"] },
      learningRate: 2e-4,
      schedule: "constant",
      warmupSteps: 0,
      epochs: 3,
      effectiveBatchSize: 32,
      microBatchSize: 8,
      beta2: 0.999,
      maxGradNorm: 0.3,
    },
  };
}
