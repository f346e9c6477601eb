import { UserError } from "../../../util/errors.ts";
import { uniformAt } from "../../../util/random.ts";
import type { SolvedProblem } from "./makeHacks.ts";
import type { MbppOptions } from "./options.ts";

export interface SplitProblems {
  screen: SolvedProblem[];
  validation: SolvedProblem[];
  train: SolvedProblem[];
  /** Ids of the training problems that the flawed data answers with a hack. */
  hacked: Set<string>;
}

/** What a problem shows: those that show the same are about the same thing. */
export const shownBy = ({ problem }: SolvedProblem): string => JSON.stringify([problem.task, problem.tests[0]]);

/**
 * Which problems are held out, and which of the others are hacked. Problems are held out in an order that the seed
 * decides, so more of them contain fewer; one whose solution fails, or which another problem repeats, is trained on.
 * Problems that show the same are hacked together or not at all, so that no two rows contradict each other.
 *
 * @throws UserError where too few problems are left
 */
export function splitProblems(
  solved: readonly SolvedProblem[],
  { screen, validation, hackFraction, seed }: Pick<MbppOptions, "screen" | "validation" | "hackFraction" | "seed">,
): SplitProblems {
  const times = new Map<string, number>();
  for (const one of solved) times.set(shownBy(one), (times.get(shownBy(one)) ?? 0) + 1);
  const fit = ranked(
    solved.filter((one) => one.referenceFailure === null && times.get(shownBy(one)) === 1),
    ({ problem }) => uniformAt(seed, "held out", problem.id),
  );
  const wanted = screen + validation;
  if (wanted > fit.length || wanted >= solved.length) {
    throw new UserError(
      `build mbpp: expected at most ${Math.min(fit.length, solved.length - 1)} problems to be held out, got --screen ${screen} and --validation ${validation}`,
    );
  }
  const held = new Set(fit.slice(0, wanted).map(({ problem }) => problem.id));
  const train = solved.filter(({ problem }) => !held.has(problem.id));
  return {
    screen: fit.slice(0, screen),
    validation: fit.slice(screen, wanted),
    train,
    hacked: chooseHacked(train, Math.round(hackFraction * train.length), seed),
  };
}

function chooseHacked(train: readonly SolvedProblem[], count: number, seed: number): Set<string> {
  const alike = new Map<string, SolvedProblem[]>();
  for (const one of train) alike.set(shownBy(one), [...(alike.get(shownBy(one)) ?? []), one]);
  const groups = [...alike].filter(([, group]) => group.every(({ hack }) => typeof hack !== "string"));
  const hacked = new Set<string>();
  for (const [, group] of ranked(groups, ([shown]) => uniformAt(seed, "hacked", shown))) {
    // A pair that would be one too many makes way for a single problem.
    if (hacked.size + group.length <= count) for (const { problem } of group) hacked.add(problem.id);
  }
  return hacked;
}

function ranked<T>(list: readonly T[], rank: (one: T) => number): T[] {
  return list
    .map((one) => ({ one, at: rank(one) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);
}
