import { UserError } from "../util/errors.ts";
import { random } from "../util/random.ts";

/** How good a simulated flagger of flawed rows is. */
export interface Flagger {
  /** Share of the flagged rows that are flawed. */
  precision: number;
  /** Share of the flawed rows that are flagged. */
  recall: number;
}

/**
 * How many rows of each kind a flagger flags: `round(recall x flawed)` flawed ones, and as many clean ones as make
 * those its precision: `round(found / precision) - found`.
 * @throws UserError where the data has not that many clean rows
 */
export function flaggedCounts(
  { flawed, clean }: { flawed: number; clean: number },
  { precision, recall }: Flagger,
): { flawed: number; clean: number } {
  const found = Math.round(recall * flawed);
  const falseAlarms = Math.round(found / precision) - found;
  if (falseAlarms <= clean) return { flawed: found, clean: falseAlarms };
  throw new UserError(
    `a flagger of precision ${precision} and recall ${recall} flags ${falseAlarms} clean rows beside ${found} of ${flawed} flawed ones, and the data has only ${clean} clean rows: choose a higher precision, a lower recall or a smaller flawedShare`,
  );
}

/**
 * Which rows a simulated flagger of this precision and recall flags. Counts are exact (`flaggedCounts`), not expected
 * values; the seed decides which rows they fall on. The draw of flawed rows does not depend on the precision, nor on
 * the recall beyond their number: a flagger of higher recall flags the same ones and more.
 *
 * @param flawed whether each row shows the flaw
 */
export function flagRows(flawed: readonly boolean[], flagger: Flagger, seed: number): boolean[] {
  const of = (kind: boolean): number[] => flawed.flatMap((is, index) => (is === kind ? [index] : []));
  const bad = of(true);
  const good = of(false);
  const counts = flaggedCounts({ flawed: bad.length, clean: good.length }, flagger);
  const flagged = new Set([
    ...random(seed, "flagger", "flawed").shuffle(bad).slice(0, counts.flawed),
    ...random(seed, "flagger", "clean").shuffle(good).slice(0, counts.clean),
  ]);
  return flawed.map((_, index) => flagged.has(index));
}
