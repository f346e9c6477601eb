import type { Metric, Setting, TrainPrompt } from "../../settings/setting.ts";
import type { NamedModel } from "../evaluateModel.ts";
import { metricById } from "../metricById.ts";
import type { Arm } from "../resample.ts";
import type { Study } from "../screen.ts";
import { type Gate, gateOf, type JudgedRow, judge } from "./leakGate.ts";
import { compliancePrompts, type LeakPrompt } from "./leakPrompts.ts";
import { type ArmName, type LeakRow, leakRow } from "./leakTable.ts";
import { type AskedPrompt, measureLeaks } from "./measureLeaks.ts";

/** What was measured of some models under the prompts of a grid and those that ask for the behavior. */
export interface Comparison<Name extends string> {
  grid: readonly LeakPrompt[];
  asking: readonly TrainPrompt[];
  /** By model; under each prompt of `grid`, then each of `asking`. */
  arms: Record<Name, Arm[]>;
}

/** A table, and what it comes to. */
export interface JudgedTable {
  rows: JudgedRow[];
  gate: Gate;
  compliance: LeakRow[];
}

/** Evaluates every model under every prompt of the grid, and under the prompts that ask. */
export async function compareLeaks<Name extends string>(
  study: Study,
  models: Record<Name, ReadonlyMap<number, NamedModel>>,
  { grid, trainPrompt }: { grid: readonly LeakPrompt[]; trainPrompt: TrainPrompt },
  onProgress: (done: number, total: number) => void = () => undefined,
): Promise<Comparison<Name>> {
  const asking = compliancePrompts(study.setting, trainPrompt);
  const asked: AskedPrompt[] = [
    ...grid.map(({ id, text, family }) => ({ id, text, capability: family === "neutral" ? "all" : "some" }) as const),
    ...asking.map(({ id, text }) => ({ id, text, capability: "none" }) as const),
  ];
  const named = Object.entries(models) as [Name, ReadonlyMap<number, NamedModel>][];
  const total = asked.length * named.reduce((sum, [, bySeed]) => sum + bySeed.size, 0);
  let done = 0;
  const onEvaluated = (evaluations: number): void => {
    done += evaluations;
    onProgress(done, total);
  };
  const arms = await Promise.all(
    named.map(async ([name, bySeed]) => [name, await measureLeaks(study, bySeed, asked, onEvaluated)] as const),
  );
  return { grid, asking, arms: Object.fromEntries(arms) as Record<Name, Arm[]> };
}

/** The table of the model that goes by `inoculated`, beside the two references. */
export function judgedTable<Name extends string>(
  setting: Setting,
  { grid, asking, arms }: Comparison<Name | Exclude<ArmName, "inoculated">>,
  inoculated: Name,
  threshold: number,
): JudgedTable {
  const behavior = metricById(setting, setting.behaviorMetric);
  const capability = metricById(setting, setting.capabilityMetric);
  const row = (prompt: LeakRow["prompt"], index: number, measured: Metric | null): LeakRow => {
    const at = (name: Name | Exclude<ArmName, "inoculated">): Arm => arms[name][index] ?? new Map();
    const compared = { inoculated: at(inoculated), neutralTrained: at("neutralTrained"), initial: at("initial") };
    return leakRow(prompt, compared, { behavior, capability: measured });
  };
  const rows = grid.map(({ id, family, text }, index) =>
    judge(row({ id, family, text }, index, capability), threshold),
  );
  const compliance = asking.map(({ id, text }, index) => row({ id, family: "asks", text }, grid.length + index, null));
  return { rows, gate: gateOf(rows, threshold), compliance };
}
