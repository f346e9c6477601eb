import type { Setting } from "../settings/setting.ts";

/** Sets of training rows that are kept: five seeds of both kinds of data, and some more. */
const KEPT_TRAININGS = 12;

/**
 * The same setting, which writes equal rows and items only once: hundreds of runs of a plan ask for the same ones, and
 * drawing them can cost as much as hashing a whole run. What it returns is shared and must not be changed.
 */
export function remembered(setting: Setting): Setting {
  return {
    ...setting,
    train: remember((options) => setting.train(options), KEPT_TRAININGS),
    items: remember((set, options) => setting.items(set, options)),
  };
}

/** Keeps the results of the latest `most` different calls. Arguments must be plain data. */
function remember<Args extends unknown[], Result>(
  make: (...args: Args) => Result,
  most = Number.POSITIVE_INFINITY,
): (...args: Args) => Result {
  const results = new Map<string, Result>();
  return (...args) => {
    const key = JSON.stringify(args);
    const result = results.has(key) ? (results.get(key) as Result) : make(...args);
    results.delete(key);
    results.set(key, result);
    if (results.size > most) results.delete(results.keys().next().value as string);
    return result;
  };
}
