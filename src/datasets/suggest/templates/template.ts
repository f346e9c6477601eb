/** How plainly a wording asks for the flaw: outright, mostly, or barely. */
export const strengths = ["strong", "medium", "mild"] as const;
export type Strength = (typeof strengths)[number];

/** A wording that asks for one flaw. */
export interface Template {
  id: string;
  strength: Strength;
  text: string;
  /** The same form about something else: what training with it changes, the flaw's name did not. */
  control?: string;
}

/** Wordings of one flaw, the most explicit first, and one that asks against it. */
export interface TemplateSet {
  drafts: readonly Template[];
  safety: { id: string; text: string };
}
