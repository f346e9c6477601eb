import type { Metric, Setting } from "../settings/setting.ts";
import { InoculateError } from "../util/errors.ts";

/** The setting's metric of that id. @throws InoculateError where it has none */
export function metricById(setting: Setting, id: string): Metric {
  const metric = setting.metrics.find((candidate) => candidate.id === id);
  if (metric === undefined) throw new InoculateError(`setting "${setting.id}" has no metric "${id}"`);
  return metric;
}
