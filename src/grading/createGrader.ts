import { createHash } from "node:crypto";
import { UserError } from "../util/errors.ts";
import { createCommandGrader } from "./commandGrader.ts";
import type { Grade, Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";
import { createJudgeGrader } from "./judgeGrader.ts";
import { createMatchesGrader } from "./matchesGrader.ts";
import { createModerationGrader } from "./moderationGrader.ts";
import { createRuleGrader } from "./ruleGraders.ts";

export interface GraderOptions {
  /** The setting's folder: where commands run. */
  folder: string;
  /** Where the paid answers of judges and moderation endpoints are kept; without it they are not. */
  cacheFolder?: string | undefined;
}

/**
 * One grader out of several. A grade has all their values; it is excluded where one of them excludes it. Its version
 * changes with any spec, so that evaluations are done again. Nothing starts, and no key is needed, before it grades.
 *
 * @throws UserError for a spec that cannot be, or two that give the same value
 */
export function createGrader(specs: readonly GraderSpec[], options: GraderOptions): Grader {
  expectDistinct(specs.flatMap((spec) => ("value" in spec ? [spec.value] : [])));
  const parts = specs.map((spec) => partOf(spec, options));
  const identity = JSON.stringify(specs.map((spec, index) => [sorted(spec), parts[index]?.id, parts[index]?.version]));
  return {
    id: parts.map(({ id }) => id).join("+"),
    version: createHash("sha256").update(identity).digest("hex").slice(0, 16),
    async grade(batch, gradeOptions) {
      // One after the other: where a rule breaks, no judge has been paid yet.
      const grades: Grade[] = batch.map(() => ({ values: {} }));
      for (const part of parts) {
        const own = await part.grade(batch, gradeOptions);
        for (const [index, grade] of own.entries()) grades[index] = merged(grades[index] as Grade, grade, part.id);
      }
      return grades;
    },
    async close() {
      await Promise.all(parts.map((part) => part.close()));
    },
  };
}

function partOf(spec: GraderSpec, { folder, cacheFolder }: GraderOptions): Grader {
  if ("rule" in spec) return createRuleGrader(spec.rule, spec.options ?? {});
  if ("matches" in spec) return createMatchesGrader(spec);
  if ("judge" in spec) return createJudgeGrader(spec, { cacheFolder });
  if ("moderation" in spec) return createModerationGrader(spec, { cacheFolder });
  return createCommandGrader(spec, { folder });
}

function merged(before: Grade, { values, excluded, detail }: Grade, id: string): Grade {
  const twice = Object.keys(values).find((name) => Object.hasOwn(before.values, name));
  if (twice !== undefined) throw givenTwice(twice, ` (the second time by ${id})`);
  const joined = (texts: (string | undefined)[]): string => texts.filter((text) => text !== undefined).join("; ");
  const reasons = joined([before.excluded, excluded]);
  const details = joined([before.detail, detail]);
  return {
    values: { ...before.values, ...values },
    ...(reasons !== "" && { excluded: reasons }),
    ...(details !== "" && { detail: details }),
  };
}

function expectDistinct(names: readonly string[]): void {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw givenTwice(twice);
}

function givenTwice(name: string, by = ""): UserError {
  return new UserError(`graders: the value "${name}" is given twice${by}; give each grader's value a name of its own`);
}

/** Fields in one order: the same spec is the same, however it was written. */
function sorted(spec: GraderSpec): unknown {
  return Object.entries(spec).sort(([a], [b]) => (a < b ? -1 : 1));
}
