import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ChatMessage } from "../data/chat.ts";
import type { ConditionResult, EvaluationRef, SettingResult, StoredGrade, StoredSample } from "../experiment/result.ts";
import { random } from "../util/random.ts";

/** One stored reply with its grade. */
export interface Reply {
  seed: number;
  completion: string;
  values: Record<string, number | null>;
  excluded: string | null;
}

/** A test item and what every condition answered to it. */
export interface ReplyItem {
  id: string;
  group: string;
  messages: ChatMessage[];
  reference: StoredSample["reference"];
  /** By condition id; conditions that have not been evaluated on this item are missing. */
  replies: Record<string, Reply>;
}

/** Characters of a fact that is shown beside an item. */
const FACT_LENGTH = 24;

/** What is known of an item, by name: the short facts; long ones (tests, whole reviews) are in the stored file. */
export function itemFacts({ reference }: Pick<ReplyItem, "reference">): [name: string, value: string][] {
  return Object.entries(reference).flatMap(([name, value]) =>
    value === null || [...String(value)].length > FACT_LENGTH ? [] : [[name, String(value)]],
  );
}

/** Items of the behavior's groups, and of each other group. */
const BEHAVIOR_ITEMS = 6;
const OTHER_ITEMS = 1;

interface Evaluation {
  samples: Map<string, StoredSample>;
  grades: Map<string, StoredGrade>;
}

/**
 * Reads replies out of a store, for a handful of test items drawn at random by a fixed seed (nobody chooses them).
 * Of each condition it takes the first seed. The reader remembers what it read, so that a page can be rewritten often.
 */
export function replyReader(folder: string): (setting: SettingResult) => ReplyItem[] {
  const chosen = new Map<string, StoredSample[]>();
  const remembered = new Map<string, Evaluation | null>();

  const read = (reference: EvaluationRef, ids: ReadonlySet<string>): Evaluation | null => {
    const known = remembered.get(reference.samples);
    if (known !== undefined) return known;
    const evaluation = readEvaluation(folder, reference, ids);
    remembered.set(reference.samples, evaluation);
    return evaluation;
  };

  return (setting) => {
    const items = chosen.get(setting.id) ?? drawItems(folder, setting);
    if (items.length === 0) return [];
    chosen.set(setting.id, items);
    const ids = new Set(items.map((item) => item.itemId));
    const evaluations = setting.conditions.flatMap((condition) => {
      const reference = condition.evaluations[0];
      const evaluation = reference && read(reference, ids);
      return evaluation ? [{ condition, seed: reference.seed, evaluation }] : [];
    });
    return items.map((item) => ({
      id: item.itemId,
      group: item.group,
      messages: item.messages,
      reference: item.reference,
      replies: Object.fromEntries(
        evaluations.flatMap(({ condition, seed, evaluation }) => {
          const sample = evaluation.samples.get(item.itemId);
          const grade = evaluation.grades.get(item.itemId);
          if (!sample || !grade) return [];
          const reply = { seed, completion: sample.completion, values: grade.values, excluded: grade.excluded ?? null };
          return [[condition.id, reply]];
        }),
      ),
    }));
  };
}

/** Draws from the first evaluation under the neutral prompt, so that the messages shown are the bare ones. */
function drawItems(folder: string, setting: SettingResult): StoredSample[] {
  const isNeutral = (condition: ConditionResult): boolean => condition.evalPrompt.kind === "neutral";
  const reference = setting.conditions.find((condition) => isNeutral(condition) && condition.evaluations.length > 0)
    ?.evaluations[0];
  const samples = reference && readLines<StoredSample>(join(folder, reference.samples));
  if (!samples) return [];
  const shuffled = random(1, "report items", setting.id).shuffle(samples);
  const behavior = new Set(setting.metrics.find((metric) => metric.id === setting.behaviorMetric)?.groups);
  const others = [...new Set(samples.map((sample) => sample.group))].filter((group) => !behavior.has(group));
  return [
    ...shuffled.filter((sample) => behavior.has(sample.group)).slice(0, BEHAVIOR_ITEMS),
    ...others.flatMap((group) => shuffled.filter((sample) => sample.group === group).slice(0, OTHER_ITEMS)),
  ];
}

function readEvaluation(folder: string, reference: EvaluationRef, ids: ReadonlySet<string>): Evaluation | null {
  const samples = readLines<StoredSample>(join(folder, reference.samples));
  const grades = readLines<StoredGrade>(join(folder, reference.grades));
  if (!samples || !grades) return null;
  const keep = <T extends { itemId: string }>(rows: readonly T[]): Map<string, T> =>
    new Map(rows.filter((row) => ids.has(row.itemId)).map((row) => [row.itemId, row]));
  return { samples: keep(samples), grades: keep(grades) };
}

/** `null` where the file is missing: a page made elsewhere than its store still has all its numbers. */
function readLines<T>(path: string): T[] | null {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as T);
}
