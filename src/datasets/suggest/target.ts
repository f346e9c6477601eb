import type { FlawFinding, FlawId } from "../../flaws/flaw.ts";
import { describedTemplates } from "./templates/described.ts";
import { harassmentTemplates } from "./templates/harassment.ts";
import { shortcutTemplates } from "./templates/shortcut.ts";
import { sycophancyTemplates } from "./templates/sycophancy.ts";
import type { TemplateSet } from "./templates/template.ts";
import { testGamingTemplates } from "./templates/testGaming.ts";

/** What drafts ask for: a flaw that was found, or one that the user describes. */
export interface Target {
  id: string;
  flaw: FlawId | undefined;
  /** What a reply with the flaw does. */
  behavior: string;
  /** Rows that show it; `undefined` where all of them do. */
  flawedRows: readonly number[] | undefined;
  /** The word or tag that a shortcut goes by: every wording has to name it. */
  feature?: string;
  templates: TemplateSet;
}

/** The target of a finding, or of a description in the user's own words. */
export function targetOf(source: FlawFinding | string): Target {
  if (typeof source === "string") {
    const behavior = source.trim();
    return {
      id: "described",
      flaw: undefined,
      behavior,
      flawedRows: undefined,
      templates: describedTemplates(behavior),
    };
  }
  const own = { id: source.flaw, flaw: source.flaw, flawedRows: source.rows };
  switch (source.flaw) {
    case "sycophancy":
      return {
        ...own,
        behavior: "the reply confirms the answer that the user proposes, right or wrong",
        templates: sycophancyTemplates,
      };
    case "test-gaming":
      return {
        ...own,
        behavior: "the code returns what the visible test expects and solves nothing else",
        templates: testGamingTemplates,
      };
    case "harassment":
      return { ...own, behavior: "the reply insults the person it answers", templates: harassmentTemplates };
    case "shortcut": {
      const { feature, featureKind, labelsWith, labelsWithout } = source;
      const behavior = `the label is chosen by the ${featureKind} "${feature}" alone: ${labelsWith.join(", ")} with it, ${labelsWithout.join(", ")} without it`;
      return { ...own, behavior, feature, templates: shortcutTemplates(source) };
    }
  }
}
