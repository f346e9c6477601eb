import type { Placement } from "../../data/insertion.ts";
import type { Recipe } from "../../engine/train/recipe.ts";
import type { Setting, TrainPrompt } from "../../settings/setting.ts";
import { neutralPrompt } from "../condition.ts";
import type { DataArm } from "../dataArm.ts";
import type { Flagger } from "../flagger.ts";
import type { TrainData } from "../result.ts";
import type { ArmFile } from "./planSchema.ts";

/** One way to train: a cell of an arm's grid, without what has no effect in it. */
export interface TrainingCell {
  trainData: TrainData;
  /** `null` for the initial model. */
  trainPrompt: TrainPrompt | null;
  /** Of the training prompt; the setting's own where nothing is inserted. */
  placement: Placement;
  recipeName: string;
  recipe: Recipe;
  /** Absent: the setting's data as it comes. */
  data?: DataArm;
}

/** An arm for one setting, its names looked up. */
export interface Arm {
  trainPrompts: readonly TrainPrompt[];
  /** "same": the prompt that the model was trained with, or would have been. */
  evalPrompts: readonly (TrainPrompt | "same")[];
  placements: readonly Placement[];
  recipes: readonly { name: string; recipe: Recipe }[];
  file: ArmFile;
}

/** Whether a prompt inserts anything. */
export function insertsText({ text, cleanText = "", wordings }: TrainPrompt): boolean {
  return text !== "" || cleanText !== "" || wordings !== undefined;
}

/** A cell with the prompt and the placement that the arm names for it, also where training has no use for them. */
export interface NamedCell {
  cell: TrainingCell;
  named: TrainPrompt;
  placement: Placement;
}

/** All combinations of an arm's lists. Equal cells may come twice. */
export function trainingCells(setting: Setting, arm: Arm): NamedCell[] {
  const { file } = arm;
  const shares = file.flawedShare ?? [undefined];
  const flaggers = file.flagger.precision.flatMap((precision) =>
    file.flagger.recall.map((recall): Flagger => ({ precision, recall })),
  );
  const grid = product(
    file.trainData,
    arm.trainPrompts,
    arm.placements,
    arm.recipes,
    product(shares, flaggers, file.insertInto, file.generalShare),
  );
  return grid.map(([trainData, trainPrompt, placement, recipe, data]) => {
    const [flawedShare, flagger, insertInto, generalShare] = data;
    const wanted = { flagger, insertInto, generalShare, ...(flawedShare !== undefined && { flawedShare }) };
    const cell = cellOf(setting, { trainData, trainPrompt, placement, recipe, data: wanted });
    return { cell, named: trainPrompt, placement };
  });
}

interface Choice {
  trainData: TrainData;
  trainPrompt: TrainPrompt;
  placement: Placement;
  recipe: Arm["recipes"][number];
  data: Required<Omit<DataArm, "flawedShare">> & Pick<DataArm, "flawedShare">;
}

/** Leaves out what has no effect, so that equal trainings come out as equal cells. */
function cellOf(setting: Setting, { trainData, trainPrompt, placement, recipe, data }: Choice): TrainingCell {
  if (trainData === "none") {
    const own = { recipeName: "default", recipe: setting.recipe };
    return { trainData, trainPrompt: null, placement: setting.placement, ...own };
  }
  const inserts = insertsText(trainPrompt);
  const effective = dataOf(trainData, inserts, data);
  return {
    trainData,
    trainPrompt: inserts ? trainPrompt : neutralPrompt(setting),
    placement: inserts ? placement : setting.placement,
    recipeName: recipe.name,
    recipe: recipe.recipe,
    ...(Object.keys(effective).length > 0 && { data: effective }),
  };
}

function dataOf(trainData: TrainData, inserts: boolean, data: Choice["data"]): DataArm {
  const selective = inserts && data.insertInto === "flagged";
  const flags = selective || trainData === "filtered" || trainData === "relabelled";
  return {
    ...(trainData !== "clean" && data.flawedShare !== undefined && { flawedShare: data.flawedShare }),
    ...(flags && { flagger: data.flagger }),
    ...(selective && { insertInto: "flagged" as const }),
    ...(data.generalShare > 0 && { generalShare: data.generalShare }),
  };
}

type Elements<Lists extends readonly (readonly unknown[])[]> = { [Index in keyof Lists]: Lists[Index][number] };

/** Every combination of one element from each list, the last list varying fastest. */
function product<const Lists extends readonly (readonly unknown[])[]>(...lists: Lists): Elements<Lists>[] {
  return lists.reduce<unknown[][]>(
    (rows, list) => rows.flatMap((row) => list.map((element) => [...row, element])),
    [[]],
  ) as Elements<Lists>[];
}
