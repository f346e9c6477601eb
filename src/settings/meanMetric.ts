import { mean } from "../stats/mean.ts";
import type { GradedItem, Metric } from "./setting.ts";

/** Mean of one graded value over the replies that were not excluded and have it; `null` without any. */
export function meanValue(rows: readonly GradedItem[], value: string): number | null {
  return mean(
    rows.flatMap(({ grade }) => {
      const found = grade.excluded === undefined ? grade.values[value] : null;
      return found === null || found === undefined ? [] : [found];
    }),
  );
}

/** A metric that is the mean of one graded value over some groups. */
export function meanMetric(
  names: Pick<Metric, "id" | "title" | "better">,
  groups: readonly string[],
  value: string,
): Metric {
  return {
    ...names,
    groups: [...groups],
    aggregate: (rows) =>
      meanValue(
        rows.filter(({ item }) => groups.includes(item.group)),
        value,
      ),
  };
}
