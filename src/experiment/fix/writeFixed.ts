import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { basename, join, relative, sep } from "node:path";
import { applyPrompt } from "../../data/applyPrompt.ts";
import { convertData } from "../../data/convertData.ts";
import type { DraftPrompt } from "../../datasets/suggest/suggestPrompts.ts";
import type { FlawFinding } from "../../flaws/flaw.ts";
import { UserError } from "../../util/errors.ts";
import { finiteJson, writeWhole } from "../files.ts";
import type { PlanTable } from "../plans/planResult.ts";
import { adapterCard } from "./card.ts";
import type { Decision } from "./decide.ts";
import type { Evidence } from "./evidence.ts";
import type { FixOptions } from "./fixOptions.ts";
import type { FixSetting } from "./fixSetting.ts";
import { limitsFile, regressionLimits } from "./regression.ts";

/** Absolute paths of what a fix left behind. */
export interface FixedFiles {
  setting?: string;
  plan?: string;
  decision?: string;
  /** The rewritten file: with the prompt, or without the flagged rows. */
  data?: string;
  /** The adapter that was decided on, with its card. */
  adapter?: string;
  /** Limits for `evaluate --limits`. */
  regression?: string;
}

export interface FixedRemedy extends Pick<FixOptions, "data" | "columns" | "base" | "seeds" | "signal"> {
  out: string;
  finding: FlawFinding;
  trained: FixSetting["trained"];
  prompt: DraftPrompt | null;
  evidence: Evidence;
  decision: Decision;
  table: PlanTable;
  setting: string;
}

const ADAPTER_FILES = ["adapter_config.json", "adapter_model.safetensors"];

const pathsIn = (out: string, data: string) => ({
  decision: join(out, "decision.json"),
  inoculated: join(out, named(data, "inoculated")),
  filtered: join(out, named(data, "filtered")),
  adapter: join(out, "adapter"),
  regression: join(out, "regression.yaml"),
});

/** @throws UserError where files stand in the way that no earlier decision left */
export function expectRoom({ out, data }: Pick<FixedRemedy, "out" | "data">): void {
  const { decision, ...paths } = pathsIn(out, data);
  const taken = existsSync(decision) ? undefined : Object.values(paths).find((path) => existsSync(path));
  if (taken) throw new UserError(`${taken} is in the way, and not of an earlier fix: choose another folder (--out)`);
}

/** Removes what an earlier decision left, the decision last. */
export function clearFixed({ out, data }: Pick<FixedRemedy, "out" | "data">): void {
  const { decision, ...paths } = pathsIn(out, data);
  if (!existsSync(decision)) return;
  for (const path of [...Object.values(paths), decision]) rmSync(path, { recursive: true, force: true });
}

/** Writes what follows from a decision, and the decision with its evidence, in place of an earlier one. */
export async function writeFixed(remedy: FixedRemedy): Promise<FixedFiles> {
  const { out, decision, evidence, finding, prompt, data, columns, signal } = remedy;
  const { decision: file, ...paths } = pathsIn(out, data);
  clearFixed(remedy);
  writeWhole(file, `${finiteJson({ data, flaw: finding.flaw, prompt, ...decision, evidence }, 2)}\n`);
  if (decision.verdict === "dont") return { decision: file };

  const arm = decision.verdict === "filter" ? "filtered" : "inoculated";
  const rewritten = paths[arm];
  if (arm === "inoculated" && prompt !== null) {
    const insertion = { prompt: prompt.text, placement: "suffix" as const };
    await applyPrompt({ data, out: rewritten, insertion, ...(columns && { columns }), ...(signal && { signal }) });
  } else {
    const dropped = new Set(finding.rows);
    const keep = (index: number): boolean => !dropped.has(index);
    await convertData({ data, out: rewritten, container: "same", keep, columns, signal });
  }
  writeWhole(
    paths.regression,
    limitsFile(regressionLimits(evidence, arm, relative(out, remedy.setting).split(sep).join("/"))),
  );
  const adapter = copyAdapter(arm, remedy, paths.adapter);
  return { decision: file, data: rewritten, regression: paths.regression, ...(adapter && { adapter }) };
}

/** The adapter of the first seed, with a card. Nothing where every weight was trained: that model lies in the store. */
function copyAdapter(arm: "inoculated" | "filtered", remedy: FixedRemedy, folder: string): string | undefined {
  const { out, table, base = "embedded", prompt, decision, evidence, finding, trained: rows } = remedy;
  const trained = table.conditions.find(({ trainData, trainPrompt, evalPrompt }) =>
    arm === "filtered"
      ? trainData === "filtered"
      : trainData === "flawed" && trainPrompt.id === prompt?.id && evalPrompt.kind === "neutral",
  );
  const [evaluation] = trained?.evaluations ?? [];
  if (trained === undefined || evaluation === undefined) return undefined;
  const source = join(out, "runs", "models", evaluation.trainingId);
  if (!ADAPTER_FILES.every((name) => existsSync(join(source, name)))) return undefined;
  mkdirSync(folder, { recursive: true });
  for (const name of ADAPTER_FILES) copyFileSync(join(source, name), join(folder, name));
  const card = adapterCard({
    title: basename(remedy.data),
    base,
    flaw: finding.summary,
    prompt: arm === "inoculated" ? (prompt?.text ?? null) : null,
    decision,
    evidence,
    seeds: trained.seeds.length,
    rows: arm === "inoculated" ? rows.all : rows.unflagged,
  });
  writeWhole(join(folder, "README.md"), card);
  return folder;
}

const ENDINGS = /(\.(?:jsonl|json|csv|tsv|parquet))?(\.gz|\.zst)?$/i;

/** `rows.jsonl.gz` -> `rows.inoculated.jsonl.gz`. Zstandard can only be read: what was packed by it is written plain. */
function named(data: string, what: string): string {
  const name = basename(data);
  const [all = "", ending = "", packed = ""] = ENDINGS.exec(name) ?? [];
  return `${name.slice(0, name.length - all.length)}.${what}${ending}${packed === ".gz" ? packed : ""}`;
}
