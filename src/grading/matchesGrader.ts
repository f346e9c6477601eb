import { UserError } from "../util/errors.ts";
import type { Grader } from "./grader.ts";
import type { GraderSpec } from "./graderSpec.ts";

export type MatchesSpec = Extract<GraderSpec, { matches: string }>;

/** 1 where a reply matches a regular expression, else 0. Flags may stand in front: `(?i)`. @throws UserError for a pattern that is none */
export function createMatchesGrader({ matches, value }: MatchesSpec): Grader {
  const pattern = compile(matches, value);
  return {
    id: `matches-${value}`,
    version: "1",
    grade: async (batch) => batch.map(({ completion }) => ({ values: { [value]: pattern.test(completion) ? 1 : 0 } })),
    close: async () => {},
  };
}

function compile(text: string, value: string): RegExp {
  const [, flags = "", source = ""] = /^(?:\(\?([ims]+)\))?([\s\S]*)$/.exec(text) ?? [];
  try {
    return new RegExp(source, `u${[...new Set(flags)].join("")}`);
  } catch (error) {
    throw new UserError(`matches "${value}": expected a regular expression: ${(error as Error).message}`);
  }
}
