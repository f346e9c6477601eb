import type { Grader } from "../grading/grader.ts";
import type { Setting } from "../settings/setting.ts";

/**
 * The same setting with a single grader that stays ready from job to job: what it starts (a sandbox takes 1.8 s of
 * processor time) is started once and ends with this process. For worker processes.
 */
export function withKeptGrader(setting: Setting): Setting {
  let kept: Grader | undefined;
  return {
    ...setting,
    createGrader: () => {
      if (kept === undefined) {
        const grader = setting.createGrader();
        kept = {
          id: grader.id,
          version: grader.version,
          grade: (requests, options) => grader.grade(requests, options),
          close: () => Promise.resolve(),
        };
      }
      return kept;
    },
  };
}
