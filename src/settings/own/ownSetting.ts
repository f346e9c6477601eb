import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TrainRow } from "../../data/chat.ts";
import type { Placement } from "../../data/insertion.ts";
import { insertPrompt } from "../../data/insertion.ts";
import { readJsonLines } from "../../data/jsonLines.ts";
import type { Placed } from "../../data/placedRow.ts";
import { questionKey } from "../../data/question.ts";
import { createGrader } from "../../grading/createGrader.ts";
import { UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { itemsOfGroups } from "../drawItems.ts";
import { meanMetric } from "../meanMetric.ts";
import type { Item, ItemSet, Metric, Setting } from "../setting.ts";
import { elicitation, robustAccuracy, shortcutRate } from "../spuriousCorrelation/metrics.ts";
import { type ParsedSettingFile, readSettingFile } from "./readSettingFile.ts";
import { factsOf, itemSchema, trainRowSchema } from "./rowFiles.ts";

/** Whether a setting's name is that of a file: `setting.yaml`, or the folder that it lies in. */
export function namesSettingFile(name: string): boolean {
  return /\.ya?ml$/.test(name) || statSync(join(name, "setting.yaml"), { throwIfNoEntry: false }) !== undefined;
}

/**
 * A setting of one's own, from its file or the folder of it; its id is the path as it was given. Everything that it
 * names is read and checked at once.
 *
 * @throws UserError naming file and line of what is wrong: unknown keys, rows of another shape, items that are in two
 *   sets or in the training data
 */
export function ownSetting(name: string): Setting {
  const path = /\.ya?ml$/.test(name) ? name : join(name, "setting.yaml");
  const file = readSettingFile(path);
  const folder = dirname(path);
  const flawed = readTrainRows(join(folder, file.train.flawed));
  const clean = file.train.clean === undefined ? null : readTrainRows(join(folder, file.train.clean));
  const items = readItems(join(folder, file.items), file, [...flawed, ...(clean ?? [])]);
  const trainRows = file.train.rows ?? flawed.length;
  if (trainRows > flawed.length) {
    throw new UserError(`${path}: train.rows is ${trainRows}, but ${file.train.flawed} has ${flawed.length} rows`);
  }
  const groups = file.groups.map(({ id, temperature, topP, maxNewTokens, atMost }) => ({
    id,
    sampling: { temperature, topP, maxNewTokens },
    ...(atMost !== undefined && { atMost }),
  }));
  return {
    id: name,
    family: name,
    variant: "default",
    title: file.title,
    flaw: file.flaw,
    sensitive: file.sensitive,
    placement: placementOf(file),
    prompts: [
      ...file.prompts.filter(({ kind }) => kind === "neutral"),
      ...file.prompts.filter(({ kind }) => kind !== "neutral"),
    ].map(({ cleanText, ...prompt }) => ({ ...prompt, ...(cleanText !== undefined && { cleanText }) })),
    groups,
    metrics: file.metrics.map(metricOf),
    behaviorMetric: file.behaviorMetric,
    capabilityMetric: file.capabilityMetric,
    recipe: file.recipe,
    trainRows,
    hasCleanData: clean !== null,
    createGrader: () => createGrader(file.graders, { folder, cacheFolder: join(folder, "answers") }),
    train: ({ data, seed, rows }) => drawRows(rowsOf(path, data, flawed, clean), seed, rows),
    items: (set, { perGroup, groups: wanted }) =>
      itemsOfGroups(
        name,
        groups.map(({ id }) => id),
        wanted,
        (group) => {
          const members = items.get(`${set}/${group}`);
          if (members) return members.slice(0, perGroup);
          throw new UserError(`${join(folder, file.items)}: there are no items of group "${group}" in set "${set}"`);
        },
      ),
  };
}

function placementOf({ placement }: ParsedSettingFile): Placement {
  return typeof placement === "string" ? placement : `slot:${placement.slot}`;
}

function metricOf({ id, title, better, groups, value, aggregate }: ParsedSettingFile["metrics"][number]): Metric {
  if (aggregate === "mean") return { ...meanMetric({ id, title, better }, groups, value), value };
  const measures = { robust: robustAccuracy, shortcut: shortcutRate, elicitation };
  return { id, title, better, groups, aggregate: measures[aggregate] };
}

function readTrainRows(file: string): Placed<TrainRow>[] {
  return readJsonLines(file, trainRowSchema).map(({ row, where }, index) => {
    const messages = row.messages.map(({ role, content, weight }) => ({
      role,
      content,
      ...(weight !== undefined && { weight }),
    }));
    return { row: { id: String(row.id ?? `row-${index}`), messages, fields: factsOf(row) }, where };
  });
}

function rowsOf(
  path: string,
  data: "flawed" | "clean",
  flawed: readonly Placed<TrainRow>[],
  clean: readonly Placed<TrainRow>[] | null,
): readonly Placed<TrainRow>[] {
  if (data === "flawed") return flawed;
  if (clean !== null) return clean;
  throw new UserError(`${path} names no clean data; add them as train.clean, or leave out what needs them`);
}

/** The file's rows in its order, or as many of them as the seed picks. Files of equal length are picked from alike. */
function drawRows(rows: readonly Placed<TrainRow>[], seed: number, count: number): TrainRow[] {
  if (count >= rows.length) return rows.map(({ row }) => row);
  const picked = random(seed, "rows of a setting file")
    .shuffle([...rows.keys()])
    .slice(0, count);
  return picked.sort((a, b) => a - b).map((index) => (rows[index] as Placed<TrainRow>).row);
}

/** Items by set and group, in the file's order. */
function readItems(
  file: string,
  setting: ParsedSettingFile,
  trained: readonly Placed<TrainRow>[],
): Map<string, Item[]> {
  const placement = placementOf(setting);
  const asked = (messages: Item["messages"]): string => questionKey(insertPrompt(messages, { prompt: "", placement }));
  const inTraining = new Map(trained.map(({ row, where }) => [asked(row.messages), where]));
  const known = new Set(setting.groups.map(({ id }) => id));
  const ids = new Map<string, string>();
  const sets = new Map<string, { set: ItemSet; where: string }>();
  const items = new Map<string, Item[]>();
  for (const { row, where } of readJsonLines(file, itemSchema)) {
    const { set, ...item } = row;
    const text = asked(item.messages as Item["messages"]);
    const twin = ids.get(`${set}/${item.id}`);
    if (twin) throw new UserError(`${where}: the id "${item.id}" stands at ${twin} already`);
    if (!known.has(item.group)) {
      throw new UserError(`${where}: there is no group "${item.group}"; the setting has ${[...known].join(", ")}`);
    }
    const other = sets.get(text);
    if (other && other.set !== set) {
      throw new UserError(
        `${where}: this question is in set "${other.set}" too (${other.where}); sets must be disjoint`,
      );
    }
    const trainedAt = inTraining.get(text);
    if (trainedAt)
      throw new UserError(
        `${where}: this question is trained on (${trainedAt}); items must not be in the training data`,
      );
    ids.set(`${set}/${item.id}`, where);
    sets.set(text, { set, where });
    const key = `${set}/${item.group}`;
    const members = items.get(key) ?? [];
    members.push(item as Item);
    items.set(key, members);
  }
  return items;
}
