export type {
  Backend,
  Checkpoint,
  Completion,
  FinetuneOptions,
  KeepOptions,
  ModelRef,
  SampleOptions,
  TrainProgress,
} from "./backends/backend.ts";
export { createLocalBackend, type LocalBackendOptions } from "./backends/local/localBackend.ts";
export { parseCondition, type RowCondition } from "./data/apply/rowCondition.ts";
export { type RowList, readRowList } from "./data/apply/rowList.ts";
export { readPrompts, type WeightedPrompt } from "./data/apply/wordings.ts";
export { type ApplyInsertion, type ApplyOptions, type ApplyResult, applyPrompt } from "./data/applyPrompt.ts";
export type { ChatMessage, TrainRow } from "./data/chat.ts";
export type { FormatId } from "./data/convert/formats.ts";
export type { CountedLoss } from "./data/convert/losses.ts";
export { type ConvertOptions, type ConvertResult, convertData } from "./data/convertData.ts";
export type { DataRow, FileMessage } from "./data/files/dataRow.ts";
export { type ReadOptions, readDataFile } from "./data/files/readDataFile.ts";
export { type Insertion, insertPrompt, type Placement } from "./data/insertion.ts";
export { type Chat, readChats } from "./data/readChats.ts";
export { readTrainRows } from "./data/readTrainRows.ts";

export { type AuditOptions, type AuditResult, auditData } from "./datasets/audit/auditData.ts";
export type { Example, Finding, Severity } from "./datasets/audit/finding.ts";
export {
  type BuildSettingOptions,
  type BuildSummary,
  buildSetting,
  type RequestsSummary,
} from "./datasets/build/buildSetting.ts";
export { type InitOptions, type InitOutcome, initSetting } from "./datasets/init/initSetting.ts";
export { type Suggested, type SuggestForFileOptions, suggestForFile } from "./datasets/suggest/suggestForFile.ts";
export { type DraftPrompt, type SuggestOptions, suggestPrompts } from "./datasets/suggest/suggestPrompts.ts";
export { type ExportModelOptions, exportModel } from "./engine/export/exportModel.ts";
export type { ExportedOnnx } from "./engine/export/exportOnnx.ts";
export { type MergedModel, type MergeOptions, mergeModel } from "./engine/model/mergeModel.ts";
export { type ModelFacts, modelFacts, type TemplateFacts } from "./engine/model/modelFacts.ts";
export { type Sampling, samplingSchema } from "./engine/sample/sampling.ts";
export { type Recipe, recipe, recipeSchema } from "./engine/train/recipe.ts";
export { acrossBases } from "./experiment/acrossBases.ts";
export type { ConditionSet } from "./experiment/condition.ts";
export { type EvaluateOptions, type EvaluateOutcome, evaluateOnce } from "./experiment/evaluateOnce.ts";
export type { FinishedEvaluation, OnEvent, ReproduceEvent, RunRef } from "./experiment/events.ts";
export type { Decision } from "./experiment/fix/decide.ts";
export type { Evidence } from "./experiment/fix/evidence.ts";
export { type FixResult, fix } from "./experiment/fix/fix.ts";
export type { FixOptions } from "./experiment/fix/fixOptions.ts";
export type { JudgedTable } from "./experiment/leak/compareLeaks.ts";
export {
  type ComparedModel,
  type LeakOptions,
  type LeakProgress,
  type LeakResult,
  leak,
} from "./experiment/leak/leak.ts";
export type { Gate, JudgedRow, Verdict } from "./experiment/leak/leakGate.ts";
export type { LeakFamily, LeakPrompt } from "./experiment/leak/leakPrompts.ts";
export type { LeakRow, Level } from "./experiment/leak/leakTable.ts";
export { type SealedSummary, type SealOptions, type SealResult, sealLeaks } from "./experiment/leak/sealLeaks.ts";
export type { PartsModule } from "./experiment/parts.ts";
export type { PlanConditionResult, PlanMetric, PlanTable } from "./experiment/plans/planResult.ts";
export type { PlanPreview } from "./experiment/plans/previewPlan.ts";
export { type PlanResult, type RunPlanOptions, runPlan } from "./experiment/plans/runPlan.ts";
export { calibrate } from "./experiment/prediction/calibrate.ts";
export { type Calibration, type Calibrations, readCalibrations } from "./experiment/prediction/calibrations.ts";
export { type ReproduceOptions, reproduce } from "./experiment/reproduce.ts";
export type {
  ConditionKey,
  ConditionResult,
  Correlation,
  EffectResult,
  MetricSummary,
  PredictionOutcome,
  PredictionQuality,
  ReproduceResult,
  ScreeningPoint,
  ScreeningResult,
  SealedPredictions,
  SettingResult,
  StoredGrade,
  StoredSample,
} from "./experiment/result.ts";
export { type SampleOnceOptions, sampleOnce } from "./experiment/sampleOnce.ts";
export { type ScreenOptions, type ScreenOutcome, screenOnce } from "./experiment/screenOnce.ts";
export { readResults } from "./experiment/storedPlan.ts";
export { embeddedModel, type StudyOptions } from "./experiment/study.ts";
export { type TrainOptions, type TrainOutcome, trainOnce } from "./experiment/trainOnce.ts";
export { type TryOptions, type TryResult, tryPrompt } from "./experiment/tryPrompt.ts";
export type { Flaw, FlawFinding, FlawId } from "./flaws/flaw.ts";
export { detectFlaws, findFlaw, flaws } from "./flaws/registry.ts";
export { createGrader, type GraderOptions } from "./grading/createGrader.ts";
export type { Grade, GradeRequest, Grader } from "./grading/grader.ts";
export { type GradeSolutionsOptions, gradeSolutions, type SolutionRates } from "./grading/gradeSolutions.ts";
export { modelFolder } from "./hub/modelFolder.ts";
export { type PulledModel, type PullOptions, type PullProgress, pullModel } from "./hub/pullModel.ts";
export { type HtmlReportOptions, htmlReport } from "./report/htmlReport.ts";
export { planReport } from "./report/planReport.ts";
export { type ReportWriter, type ReportWriterOptions, reportWriter } from "./report/reportWriter.ts";
export type { LookAlike } from "./settings/lookAlike.ts";
export { findSetting, settings } from "./settings/registry.ts";
export type { GradedItem, Item, ItemSet, Metric, PromptKind, Setting, TrainPrompt } from "./settings/setting.ts";
export { type Pretrained, type PretrainOptions, pretrain } from "./tiny/pretrain/pretrain.ts";
export { GraderError, GraphError, InoculateError, InterruptedError, UserError } from "./util/errors.ts";
