import { appendFileSync } from "node:fs";
import type { TrainProgress } from "../backends/backend.ts";
import { jsonLines, writeError, writeWhole } from "./files.ts";

/** The steps of a training in its `train.jsonl`: each once, in order, whatever was stopped and gone on with. */
export interface TrainLog {
  /** A step that was made now: it replaces what stands from that step on. */
  add(entry: TrainProgress): void;
  /** The steps that were made before; whatever else stands in the file goes. */
  replace(made: readonly TrainProgress[]): void;
  entries(): TrainProgress[];
}

/**
 * @param kept what an earlier attempt noted
 * @throws UserError when the file cannot be written
 */
export function trainLog(path: string, kept: readonly TrainProgress[]): TrainLog {
  let entries = [...new Map(kept.map((entry) => [entry.step, entry])).values()].sort((a, b) => a.step - b.step);
  // What an earlier attempt left may end in half a line.
  let isWhole = false;
  return {
    add: (entry) => {
      const follows = isWhole && (entries.at(-1)?.step ?? 0) < entry.step;
      if (follows) entries.push(entry);
      else entries = [...entries.filter(({ step }) => step < entry.step), entry];
      if (follows) append(path, entry);
      else writeWhole(path, jsonLines(entries));
      isWhole = true;
    },
    replace: (made) => {
      entries = [...made];
      writeWhole(path, jsonLines(entries));
      isWhole = true;
    },
    entries: () => entries,
  };
}

function append(path: string, entry: TrainProgress): void {
  try {
    appendFileSync(path, jsonLines([entry]));
  } catch (error) {
    throw writeError(error, path);
  }
}
