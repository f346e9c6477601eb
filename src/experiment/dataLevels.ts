import type { Item, Setting } from "../settings/setting.ts";
import { GraderError } from "../util/errors.ts";
import { isFlawed } from "./dataArm.ts";
import { gradeReplies } from "./evaluate.ts";
import { metricById } from "./metricById.ts";

/** Level of the behavior in the flawed data, 0 to 1: of a rated trait its mean rating, else the share of rows that show it. */
export async function behaviorInData(setting: Setting): Promise<number> {
  const { behaviorMetric, trainRows: rows } = setting;
  if (setting.traits?.some(({ metric }) => metric === behaviorMetric)) {
    return (await dataLevels(setting, { rows, seeds: [1] }))?.[behaviorMetric] as number;
  }
  const learned = setting.train({ data: "flawed", seed: 1, rows });
  return learned.filter(isFlawed).length / learned.length;
}

/**
 * T*, the level of each rated trait in the flawed data, by metric: the replies to learn are rated as a model's replies
 * are, over the rows of all seeds. `null` for a setting without rated traits.
 * @throws GraderError where a level cannot be computed from the ratings
 */
export async function dataLevels(
  setting: Setting,
  { rows, seeds }: { rows: number; seeds: readonly number[] },
): Promise<Record<string, number> | null> {
  if (setting.traits === undefined) return null;
  const metrics = setting.traits.map(({ metric }) => metricById(setting, metric));
  const learned = seeds.flatMap((seed) =>
    setting.train({ data: "flawed", seed, rows }).map((row) => ({ ...row, id: `seed-${seed}-${row.id}` })),
  );
  const items = learned.map(
    ({ id, messages, fields }): Item => ({ id, group: "", messages: messages.slice(0, -1), reference: fields ?? {} }),
  );
  const replies = learned.map(({ messages }) => ({
    text: messages.at(-1)?.content ?? "",
    tokens: 0,
    finishReason: "stop" as const,
  }));
  const grader = setting.createGrader();
  const grades = await gradeReplies(grader, items, replies).finally(() => grader.close());
  return Object.fromEntries(
    metrics.map(({ id, groups: [group = ""], aggregate }) => {
      const graded = grades.map((grade, index) => ({ item: { ...(items[index] as Item), group }, grade }));
      const level = aggregate(graded);
      if (level !== null && Number.isFinite(level)) return [id, level];
      throw new GraderError(`grader "${grader.id}" rated no flawed row of setting "${setting.id}" on ${id}`);
    }),
  );
}
