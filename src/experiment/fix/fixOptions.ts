import type { Recipe } from "../../engine/train/recipe.ts";
import type { FlawId } from "../../flaws/flaw.ts";
import type { OnEvent } from "../events.ts";
import type { PlanPreview } from "../plans/previewPlan.ts";
import type { StudyOptions } from "../study.ts";

export interface FixOptions extends Omit<StudyOptions, "folder" | "items" | "calibration"> {
  /** A fine-tuning file of any format. */
  data: string;
  /** Folder of all that is written: setting, plan, store, decision and what follows from it. @default "fixed" */
  out?: string | undefined;
  /** The flaw to fix. @default the strongest that is found */
  flaw?: FlawId | undefined;
  /** Wordings of one's own, beside those that are drafted. @default none */
  prompts?: readonly string[] | undefined;
  /** For tables: which column holds what. */
  columns?: Readonly<Record<string, string>> | undefined;
  /** Training seeds 1 to N. @default 3 */
  seeds?: number | undefined;
  /** Test items wanted of each kind. @default 300 */
  items?: number | undefined;
  /** @default as gentle as teaches the flaw to the embedded model; for others the usual LoRA fine-tuning */
  recipe?: Recipe | undefined;
  /** Only say what would be done. @default false */
  dryRun?: boolean | undefined;
  /** Once, before any training: what is going to be done, and how long it takes. */
  onPreview?: ((preview: PlanPreview) => void) | undefined;
  /** A line on each stage. */
  onStage?: ((line: string) => void) | undefined;
  onEvent?: OnEvent | undefined;
}
