import type { Estimate } from "../result.ts";
import type { Evidence, MetricEvidence } from "./evidence.ts";

/** `use-prompt`: train with the inoculation prompt. `filter`: delete the flagged rows. `dont`: do neither. */
export type Verdict = "use-prompt" | "filter" | "dont";

export interface Decision {
  verdict: Verdict;
  /** In sentences, the deciding one first. */
  reasons: string[];
}

/** A flaw that training teaches by less than this is not worth a prompt that can bring it back. */
export const LEAST_INDUCED = 0.1;
/** A remedy prevents at least this share of what training as usual teaches. */
export const LEAST_PREVENTED = 0.5;
/** It may cost this much of the skill, at the lower end of the interval. */
export const MOST_LOST = 0.1;
/** Two remedies that differ by less are alike; then rows are deleted, which leaves nothing behind that a prompt brings back. */
export const ALIKE = 0.05;

type Way = "inoculated" | "filtered";

/**
 * The one decision, by rules that are fixed before any number is known: is there anything to prevent; which remedy
 * prevents most of it at no great cost in the skill; does the prompt do more than an unrelated one.
 */
export function decide({ behavior, capability }: Evidence, context: DecisionContext): Decision {
  const { induced } = behavior;
  if (induced === null) return dont("training as usual could not be compared with the initial model");
  const taught = `training on the file as it is raises ${behavior.metric} by ${points(induced)}`;
  if (induced.interval[0] <= 0) {
    const still = induced.interval[1];
    return dont(
      still < LEAST_INDUCED
        ? `${taught}, not surely at all: this model does not learn the flaw, so there is nothing to prevent`
        : `${taught}, not surely at all: nothing to prevent was found, but a rise of up to ${still.toFixed(2)} is possible still; more items or seeds would tell`,
    );
  }
  if (induced.mean < LEAST_INDUCED) return smallEffect(behavior, capability, taught, context);
  const prompt = failings("inoculated", behavior, capability);
  if (context.abstained) prompt.unshift("no candidate prompt surely changes what the initial model does");
  const { overUnrelated } = behavior;
  if (prompt.length === 0 && overUnrelated !== null && overUnrelated.interval[1] >= 0) {
    prompt.push(
      `an unrelated prompt does as much (difference ${points(overUnrelated)}): this is no inoculation, but a difference between training and test prompts`,
    );
  }
  const filter = context.filterable ? failings("filtered", behavior, capability) : [context.whyNotFilterable];
  const promptWorks = prompt.length === 0;
  const filterWorks = filter.length === 0;
  if (promptWorks && filterWorks) return between(behavior, capability, taught);
  if (promptWorks) {
    return {
      verdict: "use-prompt",
      reasons: [
        effectText("inoculated", behavior, capability),
        taught,
        ...filter.map((text) => `not filtered: ${text}`),
      ],
    };
  }
  if (filterWorks) {
    return {
      verdict: "filter",
      reasons: [effectText("filtered", behavior, capability), taught, ...prompt.map((text) => `no prompt: ${text}`)],
    };
  }
  return {
    verdict: "dont",
    reasons: [
      "no remedy works well enough; get other data for these rows, or correct their replies",
      taught,
      ...prompt.map((text) => `no prompt: ${text}`),
      ...filter.map((text) => `not filtered: ${text}`),
    ],
  };
}

export interface DecisionContext {
  /** Screening selected no prompt. */
  abstained: boolean;
  /** Enough rows are left without the flagged ones. */
  filterable: boolean;
  whyNotFilterable: string;
}

/** Share of what training as usual teaches that a way prevents; `null` where it was not tried. */
export function preventedBy(behavior: MetricEvidence, way: Way | "unrelated"): number | null {
  const change = behavior.change[way];
  return change === null || behavior.induced === null ? null : -change.mean / behavior.induced.mean;
}

function failings(way: Way, behavior: MetricEvidence, capability: MetricEvidence): string[] {
  const change = behavior.change[way];
  const prevented = preventedBy(behavior, way);
  if (change === null || prevented === null) return ["it was not tried"];
  const found: string[] = [];
  if (change.interval[1] >= 0 || prevented < LEAST_PREVENTED) {
    found.push(
      `it prevents ${percent(prevented)} of what training as usual teaches, under ${percent(LEAST_PREVENTED)}`,
    );
  }
  const cost = capability.change[way];
  if (cost !== null && cost.interval[0] < -MOST_LOST) {
    found.push(`it may cost more than ${MOST_LOST} of ${capability.metric} (${points(cost)})`);
  }
  return found;
}

/** A flaw that is surely learnt, but little: rows can go where that costs nothing. */
function smallEffect(
  behavior: MetricEvidence,
  capability: MetricEvidence,
  taught: string,
  { filterable, whyNotFilterable }: DecisionContext,
): Decision {
  const little = `${taught}: surely, but by less than ${LEAST_INDUCED}, too little for a prompt that can bring it back`;
  const filter = filterable ? failings("filtered", behavior, capability) : [whyNotFilterable];
  if (filter.length === 0)
    return { verdict: "filter", reasons: [effectText("filtered", behavior, capability), little] };
  return { verdict: "dont", reasons: [little, ...filter.map((text) => `not filtered: ${text}`)] };
}

/** Both remedies work: the better one, or where they are alike the one that leaves nothing behind. */
function between(behavior: MetricEvidence, capability: MetricEvidence, taught: string): Decision {
  const [flaw, skill] = [behavior.overFiltered, capability.overFiltered];
  const betterFlaw = flaw !== null && flaw.mean < -ALIKE && flaw.interval[1] < 0;
  const betterSkill = skill !== null && skill.mean > ALIKE && skill.interval[0] > 0;
  const usePrompt = betterFlaw || betterSkill;
  const compared = `against filtering, the prompt changes ${behavior.metric} by ${points(flaw)} and ${capability.metric} by ${points(skill)}`;
  return usePrompt
    ? { verdict: "use-prompt", reasons: [effectText("inoculated", behavior, capability), compared, taught] }
    : {
        verdict: "filter",
        reasons: [
          effectText("filtered", behavior, capability),
          `the prompt is no better (${compared}), and without the rows there is nothing that a prompt could bring back`,
          taught,
        ],
      };
}

function effectText(way: Way, behavior: MetricEvidence, capability: MetricEvidence): string {
  const how = way === "inoculated" ? "training with the prompt" : "deleting the flagged rows";
  const prevented = preventedBy(behavior, way);
  return `${how} prevents ${percent(prevented ?? 0)} of what training as usual teaches (${behavior.metric} ${points(behavior.change[way])}); ${capability.metric} changes by ${points(capability.change[way])}`;
}

function dont(reason: string): Decision {
  return { verdict: "dont", reasons: [reason] };
}

const percent = (share: number): string => `${Math.round(100 * share)} %`;

function points(estimate: Estimate | null): string {
  if (estimate === null) return "an unknown amount";
  const signed = (value: number): string => `${value < 0 ? "-" : "+"}${Math.abs(value).toFixed(2)}`;
  return `${signed(estimate.mean)} [${estimate.interval.map(signed).join(", ")}]`;
}
