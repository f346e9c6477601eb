import { appendFileSync } from "node:fs";
import type { Setting } from "../../src/settings/setting.ts";
import { getSetting as getToy } from "./toyParts.ts";

export { createBackend } from "./toyParts.ts";

const note = (what: string): void => appendFileSync(process.env.TOY_GRADERS as string, `${process.pid} ${what}\n`);

/** The toy setting, which writes down in which process a grader is made and closed. */
export function getSetting(id: string): Setting {
  const toy = getToy(id);
  return {
    ...toy,
    createGrader: () => {
      note("made");
      const grader = toy.createGrader();
      const { id, version } = grader;
      return { id, version, grade: (...args) => grader.grade(...args), close: async () => note("closed") };
    },
  };
}
