import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Weights } from "../../engine/model/parameters.ts";
import type { AdamWState } from "../../engine/train/adamw.ts";
import type { StepReport } from "../../engine/train/train.ts";
import { readTrainingState, type SavedState, writeTrainingState } from "../../engine/train/trainingState.ts";
import { UserError } from "../../util/errors.ts";
import type { KeepOptions } from "../backend.ts";

const fileName = "training.state";
const defaultSeconds = 30;
/** Saving takes at most this share of the time, however large the state. */
const largestShare = 1 / 20;

/** A training as it goes: what is saved, and what a saved state is put back into. */
export interface LiveTraining {
  /** All that decides the training's result, as a hash. */
  key: string;
  /** The trained parameters. */
  parameters: Weights;
  optimizer: AdamWState;
  /** Of all steps so far. */
  reports: StepReport[];
  /** Files that the training wrote by these steps; without them it cannot go on. */
  written(reports: readonly StepReport[]): string[];
}

/** Keeps the state of one unfinished training in a folder. */
export interface StateKeeper {
  /** After a whole step: saves if it is time to. */
  stepDone(): Promise<void>;
  /** When the training is stopped: saves unless the last step is saved already. */
  stopped(): Promise<void>;
}

/**
 * Puts back the state that an earlier, unfinished attempt at this very training left, if there is one, and gets ready
 * to save further ones.
 *
 * @throws UserError when the folder cannot be read
 */
export async function openStateKeeper(options: KeepOptions, live: LiveTraining): Promise<StateKeeper> {
  const { folder, everySeconds = defaultSeconds, onNote = () => undefined } = options;
  const path = join(folder, fileName);
  const pauseMs = everySeconds * 1000;
  await removeTemporaries(folder);
  await restore(path, live, options);
  let savedStep = live.optimizer.step;
  let nextAt = performance.now() + pauseMs;

  const save = async (): Promise<void> => {
    const started = performance.now();
    const { key, parameters, optimizer, reports } = live;
    const weights = new Map([...parameters].map(([name, { data }]) => [name, data]));
    const saved: SavedState = { key, state: { weights, optimizer }, notes: reports };
    try {
      await writeTrainingState(path, saved, `${path}.tmp-${process.pid}-${randomBytes(6).toString("hex")}`);
      savedStep = optimizer.step;
    } catch (error) {
      // The training itself is none the worse: it goes on, and the next save may succeed.
      if (!(error instanceof UserError)) throw error;
      onNote(`the training's state was not saved: ${error.message}`);
    }
    const ended = performance.now();
    nextAt = ended + (pauseMs === 0 ? 0 : Math.max(pauseMs, (ended - started) / largestShare));
  };

  return {
    stepDone: async () => {
      if (performance.now() >= nextAt) await save();
    },
    stopped: async () => {
      if (live.optimizer.step > savedStep) await save();
    },
  };
}

async function restore(path: string, live: LiveTraining, { onResume, onNote }: KeepOptions): Promise<void> {
  const read = await readTrainingState(path, live.key);
  if (read === undefined) return;
  const found = "fault" in read ? undefined : { ...read.saved.state, reports: read.saved.notes as StepReport[] };
  const gone = found && live.written(found.reports).find((file) => !existsSync(file));
  const fault = "fault" in read ? read.fault : gone && `needs ${gone}, which is gone`;
  if (found === undefined || fault) {
    onNote?.(`the training starts from the beginning: the state kept in ${path} ${fault}`);
    return;
  }
  for (const [name, data] of found.weights) live.parameters.get(name)?.data.set(data);
  live.optimizer.step = found.optimizer.step;
  for (const [name, moments] of found.optimizer.moments) live.optimizer.moments.set(name, moments);
  live.reports.push(...found.reports);
  onResume?.(found.reports.map(({ rowsSeen: _, ...progress }) => progress));
}

/** Removes what a killed process was writing. */
async function removeTemporaries(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const stale = names.filter((name) => name.startsWith(`${fileName}.tmp-`));
  await Promise.all(stale.map((name) => rm(join(folder, name), { force: true })));
}
