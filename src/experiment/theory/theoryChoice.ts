import type { ScreeningPoint } from "../result.ts";
import type { TheoryChoice, TheoryTrait } from "./theoryResult.ts";

/** Mean level of a trait after training with a prompt, in the neutral context; `null` where it was not trained with. */
export type LevelAfterTraining = (prompt: string, trait: string) => number | null;

/**
 * Weighs the inoculation prompts by what the initial model does under them on the screen split, the cheapest first
 * (equation 5 of the inoculation prompting paper, with k = 1): a prompt should lift the unwanted trait to the data's
 * level, so that training has nothing left to teach of it, and leave the wanted trait where it is, so that training
 * still has to teach all of it. What is missing of either adds to the cost, in levels.
 */
export function theoryChoices(
  traits: readonly TheoryTrait[],
  points: readonly ScreeningPoint[],
  levelAfterTraining: LevelAfterTraining,
): TheoryChoice[] {
  const wanted = traits.find(({ role }) => role === "wanted");
  const unwanted = traits.find(({ role }) => role === "unwanted");
  const neutral = points.find(({ kind }) => kind === "neutral")?.traitLevels;
  if (wanted === undefined || unwanted === undefined || neutral === undefined) return [];
  const choices = points.flatMap(({ prompt, kind, traitLevels }): TheoryChoice[] => {
    const elicited = traitLevels?.[unwanted.metric];
    const [before, moved] = [neutral[wanted.metric], traitLevels?.[wanted.metric]];
    if (kind !== "inoculation" || elicited === undefined || before === undefined || moved === undefined) return [];
    const [unwantedLeft, wantedMoved] = [unwanted.dataLevel - elicited, moved - before];
    return [
      {
        prompt,
        unwantedLeft,
        wantedMoved,
        cost: Math.abs(unwantedLeft) + Math.abs(wantedMoved),
        outcome: {
          unwanted: levelAfterTraining(prompt, unwanted.metric),
          wanted: levelAfterTraining(prompt, wanted.metric),
        },
      },
    ];
  });
  return choices.sort((a, b) => a.cost - b.cost);
}
