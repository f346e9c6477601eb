import type { PlannedRun } from "./plan.ts";

/** A fine-tuning, in units of one evaluation. */
const TRAINING_UNITS = 2;

/** How long the remaining runs take, from those that are finished. For the reader only. */
export class Estimator {
  readonly #left: Set<PlannedRun>;
  readonly #total: number;
  readonly #workers: number;
  #seconds = 0;
  #units = 0;

  constructor(runs: readonly { run: PlannedRun; complete: boolean }[], workers: number) {
    this.#left = new Set(runs.flatMap(({ run, complete }) => (complete ? [] : [run])));
    this.#total = runs.length;
    this.#workers = workers;
  }

  /** Notes how long a run took. */
  finished(run: PlannedRun, seconds: number): void {
    this.#seconds += seconds;
    this.#units += units(run);
  }

  /** The state after a run; `secondsLeft` is `null` until one was measured. */
  estimate(done: PlannedRun): { done: number; total: number; secondsLeft: number | null } {
    this.#left.delete(done);
    const left = [...this.#left].reduce((sum, run) => sum + units(run), 0);
    const perUnit = this.#units === 0 ? null : this.#seconds / this.#units;
    const secondsLeft = left === 0 ? 0 : perUnit === null ? null : (left * perUnit) / this.#workers;
    return { done: this.#total - this.#left.size, total: this.#total, secondsLeft };
  }
}

function units({ spec }: PlannedRun): number {
  return spec.evaluations.length + (spec.trainData === "none" ? 0 : TRAINING_UNITS);
}
