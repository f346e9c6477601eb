import { z } from "zod";
import { readYaml } from "../data/yamlSource.ts";
import type { Setting } from "../settings/setting.ts";

const limit = z
  .strictObject({
    atMost: z.number().optional(),
    atLeast: z.number().optional(),
  })
  .refine(({ atMost, atLeast }) => atMost !== undefined || atLeast !== undefined, "expected atMost, atLeast or both");

/** What a model's metrics must hold, by metric id: a regression file. */
export const limitsSchema = z.strictObject({
  about: z.string().optional().describe("for the reader"),
  setting: z.string().optional().describe("for the reader: the setting whose metrics these are"),
  metrics: z
    .record(z.string(), limit)
    .refine((metrics) => Object.keys(metrics).length > 0, "expected at least one metric: without any, all models pass"),
});
export type Limits = z.infer<typeof limitsSchema>;

/** A metric that a limit does not hold. */
export interface BrokenLimit {
  metric: string;
  value: number | null;
  atMost?: number;
  atLeast?: number;
}

/** @throws UserError naming file and line where it is no regression file, or names a metric that the setting lacks */
export function readLimits(file: string, setting: Setting): Limits {
  const { value: limits, source } = readYaml(file, limitsSchema, "a regression file");
  const known = setting.metrics.map(({ id }) => id);
  for (const id of Object.keys(limits.metrics)) {
    if (!known.includes(id))
      source.problem(["metrics"], `there is no metric "${id}"; there are ${known.join(", ")}`, id);
  }
  source.check();
  return limits;
}

/** The limits that these means break. A metric that could not be measured breaks its limit. */
export function brokenLimits({ metrics }: Limits, means: Readonly<Record<string, number | null>>): BrokenLimit[] {
  return Object.entries(metrics).flatMap(([metric, { atMost, atLeast }]): BrokenLimit[] => {
    const value = means[metric] ?? null;
    const holds =
      value !== null && (atMost === undefined || value <= atMost) && (atLeast === undefined || value >= atLeast);
    if (holds) return [];
    return [{ metric, value, ...(atMost !== undefined && { atMost }), ...(atLeast !== undefined && { atLeast }) }];
  });
}
