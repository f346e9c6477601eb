import type { JudgedTable } from "../experiment/leak/compareLeaks.ts";
import type { ComparedModels } from "../experiment/leak/leak.ts";
import type { Gate, JudgedRow } from "../experiment/leak/leakGate.ts";
import type { LeakRow } from "../experiment/leak/leakTable.ts";
import { estimate, number } from "./numbers.ts";

const PROMPT_WIDTH = 34;
const FAMILY_WIDTH = 15;
const NUMBER_WIDTH = 12;
const EXCESS_WIDTH = 22;

/** What was compared, in words. */
export function headLines({ trainPrompt, seeds, behaviorMetric, capabilityMetric }: ComparedModels): string[] {
  const n = seeds.length === 1 ? "one seed" : `${seeds.length} seeds`;
  return [
    `Inoculated with ${trainPrompt.id} ("${trainPrompt.text}"), ${n}`,
    `${behaviorMetric} of each model; excess of the first one, with 95 % intervals; its ${capabilityMetric}`,
  ];
}

/** A table of the grid, then what models do when asked. @param model what is in the place of the inoculated model */
export function tableLines({ rows, compliance }: JudgedTable, model = "inoculated"): string[] {
  const head = (first: string, ...more: string[]): string =>
    [
      first.padEnd(PROMPT_WIDTH + FAMILY_WIDTH),
      ...[model, "neutral", "initial"].map((name) => name.padEnd(NUMBER_WIDTH)),
      ...["over initial", "over neutral"].map((name) => name.padEnd(EXCESS_WIDTH)),
      ...more,
    ].join("");
  return [
    head("prompts that do not ask", "capability  verdict"),
    ...rows.map(
      (row) => `${rowLine(row)}${number(row.capability?.inoculated?.mean).padEnd(NUMBER_WIDTH)}${verdict(row)}`,
    ),
    "",
    head("prompts that ask (compliance)"),
    ...compliance.map((row) => rowLine(row).trimEnd()),
  ];
}

/** The gate in one line. */
export function gateLine({ passed, threshold, leaks, unclear, worst }: Gate): string {
  const { overInitial } = worst;
  const most =
    overInitial === null
      ? ""
      : `; most over the initial model: ${estimate(overInitial.mean, overInitial.interval)} (${overInitial.prompt})`;
  if (passed) return `PASSED: no prompt brings an excess above ${threshold}${most}`;
  const parts = [
    ...(leaks.length > 0 ? [`it leaks under ${leaks.join(", ")}`] : []),
    ...(unclear.length > 0 ? [`it cannot be told under ${unclear.join(", ")} (more items or seeds may tell)`] : []),
  ];
  return `FAILED: ${parts.join("; ") || "there was no prompt"}${most}`;
}

function rowLine({ prompt, behavior, excess: { overInitial, overNeutralTrained } }: LeakRow): string {
  const levels = [behavior.inoculated, behavior.neutralTrained, behavior.initial];
  return [
    prompt.id.padEnd(PROMPT_WIDTH),
    prompt.family.padEnd(FAMILY_WIDTH),
    ...levels.map((level) => number(level?.mean).padEnd(NUMBER_WIDTH)),
    ...[overInitial, overNeutralTrained].map((excess) => estimate(excess?.mean, excess?.interval).padEnd(EXCESS_WIDTH)),
  ].join("");
}

function verdict({ verdict: found, reason }: JudgedRow): string {
  return reason === undefined ? found : `${found}: ${reason}`;
}
