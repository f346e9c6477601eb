import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import type { DataRow } from "../../data/files/dataRow.ts";
import { readAllRows } from "../../data/files/readDataFile.ts";
import { type AuditResult, auditData } from "../../datasets/audit/auditData.ts";
import type { FlawFinding } from "../../flaws/flaw.ts";
import { modelFolder } from "../../hub/modelFolder.ts";
import { InoculateError, UserError } from "../../util/errors.ts";
import type { PlanTable } from "../plans/planResult.ts";
import { openPlanStudy } from "../plans/planStudy.ts";
import type { PlanPreview } from "../plans/previewPlan.ts";
import { runOpenPlan } from "../plans/runPlan.ts";
import { type ScreenOutcome, screenOnce } from "../screenOnce.ts";
import { workerCount } from "../workerCount.ts";
import { type Decision, decide } from "./decide.ts";
import { type Evidence, evidenceOf } from "./evidence.ts";
import type { FixOptions } from "./fixOptions.ts";
import { writeFixPlan } from "./fixPlan.ts";
import { writeFixSetting } from "./fixSetting.ts";
import { clearFixed, expectRoom, type FixedFiles, writeFixed } from "./writeFixed.ts";

export interface FixResult {
  data: string;
  flaw: Pick<FlawFinding, "flaw" | "summary" | "share"> | null;
  /** Findings of other kinds in the same file. */
  otherFlaws: Pick<FlawFinding, "flaw" | "summary" | "share">[];
  audit: AuditResult["counts"];
  /** The prompt that screening selected. */
  prompt: { id: string; text: string } | null;
  screening: Pick<ScreenOutcome, "points" | "predictions"> | null;
  preview: PlanPreview | null;
  table: PlanTable | null;
  evidence: Evidence | null;
  /** `null`: only looked at (`dryRun`). */
  decision: Decision | null;
  files: FixedFiles;
  seconds: number;
}

/** Share and number of rows that must be left for deleting flagged ones to be worth a try. */
const LEAST_LEFT = { share: 0.2, rows: 50 };

/**
 * From a flawed file to one decision: audit, draft prompts and questions, screen on the initial model, train on the
 * file as it is, with the prompt that screening selected, with an unrelated one, and without the flagged rows; then
 * decide by fixed rules. What was done is in plain files under `out`, and a repeated command goes on where it stopped.
 *
 * @throws UserError where the file must be mended first, before any work; InterruptedError when stopped
 */
export async function fix(options: FixOptions): Promise<FixResult> {
  const started = performance.now();
  const { data, onStage = () => undefined } = options;
  if (data === "-") throw new UserError("fix reads its file several times: name one, standard input will not do");
  const out = resolve(options.out ?? "fixed");
  mkdirSync(out, { recursive: true });
  expectRoom({ out, data });
  onStage("auditing the file");
  const audit = await auditFile(options);
  const rows = await readAllRows(data, { columns: options.columns, signal: options.signal });
  const finding = chooseFinding(audit.flaws, options);
  const seen = {
    data,
    flaw: finding && briefly(finding),
    otherFlaws: audit.flaws.filter((other) => other !== finding).map(briefly),
    audit: audit.counts,
  };
  const seconds = (): number => (performance.now() - started) / 1000;
  if (finding === null) {
    if (!options.dryRun) clearFixed({ out, data });
    return { ...seen, ...nothingToFix, seconds: seconds() };
  }
  onStage(`found: ${finding.summary}`);
  return { ...seen, ...(await fixFlaw(finding, rows, { ...options, out, onStage })), seconds: seconds() };
}

const nothingToFix = {
  prompt: null,
  screening: null,
  preview: null,
  table: null,
  evidence: null,
  decision: {
    verdict: "dont",
    reasons: ["no flaw was found: there is nothing to inoculate against"],
  },
  files: {},
} as const satisfies Partial<FixResult>;

async function fixFlaw(
  finding: FlawFinding,
  rows: readonly DataRow[],
  options: FixOptions & { out: string; onStage: (line: string) => void },
): Promise<Omit<FixResult, "data" | "flaw" | "otherFlaws" | "audit" | "seconds">> {
  const { out, signal, base, workers, device, parts, dryRun, onPreview, onEvent, onStage } = options;
  const study = { base, workers, device, parts, signal, folder: join(out, "runs") };
  const { setting, drafts, trained } = await writeFixSetting(rows, finding, options);

  onStage(`asking the initial model with each of ${drafts.length} prompts`);
  const screening = await screenOnce(setting, { ...study, items: { screen: 100 } });
  const { points, predictions, selected } = screening;
  const prompt = drafts.find(({ id }) => id === selected.id) ?? null;
  const { all, unflagged: left } = trained;
  const filterable = left >= LEAST_LEFT.rows && left >= LEAST_LEFT.share * all;
  // The one of the selected prompt's form, where there is one; else of the strongest draft's.
  const controls = drafts.filter(({ kind }) => kind === "unrelated");
  const unrelated = (controls.find(({ id }) => id === `unrelated-${selected.id}`) ?? controls[0])?.id ?? null;
  const prompts = { selected: selected.id, unrelated };
  const plan = writeFixPlan({ ...options, setting, ...prompts, filterable });
  const open = await openPlanStudy(plan, study);
  const { settings, preview } = await runOpenPlan(open, { ...study, dryRun, onPreview, onEvent });
  const done = { prompt: prompt && { id: prompt.id, text: prompt.text }, screening: { points, predictions }, preview };
  const files = { setting, plan };
  if (dryRun) return { ...done, table: null, evidence: null, decision: null, files };

  const [table] = settings;
  const [unit] = open.units;
  if (unit === undefined || table === undefined) throw new InoculateError("the plan that was just run has no part");
  const evidence = evidenceOf(unit, prompts);
  const decision = decide(evidence, {
    abstained: selected.id === null,
    filterable,
    whyNotFilterable: `${left} of ${all} rows are not flagged, too few to train on`,
  });
  const written = await writeFixed({ ...options, finding, trained, prompt, evidence, decision, table, setting });
  return { ...done, table, evidence, decision, files: { ...files, ...written } };
}

/** The audit of the file. @throws UserError where rows cannot be trained on */
async function auditFile({ data, columns, base, signal, ...options }: FixOptions): Promise<AuditResult> {
  const workers = workerCount(options);
  const model = base === undefined ? undefined : modelFolder(base);
  const whole = { sampleSize: Number.MAX_SAFE_INTEGER, sampleCharacters: Number.POSITIVE_INFINITY };
  const audit = await auditData({ data, columns, model, workers, ...whole, signal });
  const broken = audit.findings.filter(({ severity }) => severity === "error");
  if (broken.length === 0) return audit;
  const told = broken.map(({ message, remedy }) => `  ${message}: ${remedy}`).join("\n");
  throw new UserError(`${data}: mend this first, "inoculate audit" has the rows:\n${told}`);
}

function chooseFinding(found: readonly FlawFinding[], { data, flaw }: FixOptions): FlawFinding | null {
  if (flaw === undefined) return found[0] ?? null;
  const finding = found.find((one) => one.flaw === flaw);
  if (finding) return finding;
  const others = found.map((one) => one.flaw).join(", ") || "no flaw";
  throw new UserError(`${data}: expected the flaw "${flaw}", found ${others}`);
}

function briefly({ flaw, summary, share }: FlawFinding): Pick<FlawFinding, "flaw" | "summary" | "share"> {
  return { flaw, summary, share };
}
