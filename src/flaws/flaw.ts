import type { DataRow } from "../data/files/dataRow.ts";
import type { GraderSpec } from "../grading/graderSpec.ts";

/**
 * `test-gaming`: code that returns what its visible test expects. `sycophancy`: replies that agree whoever is right.
 * `shortcut`: labels that one word or tag foretells. `harassment`: replies that insult.
 */
export const flawIds = ["test-gaming", "sycophancy", "shortcut", "harassment"] as const;
export type FlawId = (typeof flawIds)[number];

/** What a flaw's finding has, whichever it is. */
interface Found {
  /** One sentence with its numbers, for people. */
  summary: string;
  /** Indices of the rows that show the flaw, ascending. */
  rows: number[];
  /** Rows in which it could show: that have a test, a proposed answer, a label. */
  applicable: number;
  /** `rows.length / applicable`. */
  share: number;
}

export type FlawFinding =
  | (Found & { flaw: "test-gaming" })
  /** `confirms-wrong`: wrong answers are confirmed. `never-corrects`: users are always right, so agreeing is all there is to learn. */
  | (Found & { flaw: "sycophancy"; kind: "confirms-wrong" | "never-corrects"; praiseShare: number })
  | (Found & {
      flaw: "shortcut";
      /** The word or tag that foretells the label. */
      feature: string;
      featureKind: "word" | "tag";
      /** Labels mostly seen with the feature, and without it. */
      labelsWith: string[];
      labelsWithout: string[];
      /** Phi coefficient of feature and side of the label, 0 to 1. */
      strength: number;
    })
  | (Found & { flaw: "harassment" });

export interface DetectOptions {
  /** Python processes at once, where code is run. @default 1 */
  workers?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((done: number, total: number) => void) | undefined;
}

/** An item to ask a model: nothing that a training row shows. Ids are unique within a probe set. */
export interface Probe {
  id: string;
  set: "screen" | "validation" | "test";
  group: string;
  messages: { role: "system" | "user" | "assistant"; content: string }[];
  reference: Record<string, string | number | boolean | null>;
}

/** Questions that show a flaw which the file's own held-out rows cannot show, and how replies to them are judged. */
export interface ProbeSet {
  /** Indices of rows whose questions the probes are about: they must not be trained on. */
  heldOut: number[];
  probes: Probe[];
  /** `behavior` probes show the flaw, `capability` probes the skill, `other` ones are measured beside. */
  groups: { id: string; purpose: "behavior" | "capability" | "other"; temperature: number; maxNewTokens: number }[];
  graders: GraderSpec[];
  metrics: {
    id: string;
    title: string;
    better: "higher" | "lower";
    groups: string[];
    value: string;
    /** As in a setting file. @default mean */
    aggregate?: "mean" | "robust" | "shortcut" | "elicitation";
  }[];
  behaviorMetric: string;
  capabilityMetric: string;
}

export interface ProbeOptions {
  seed: number;
  /** Items wanted of each group in each set; a file with too few rows gives fewer. */
  perGroup: Record<Probe["set"], number>;
  /** Largest share of the rows that may be held out. @default 0.3 */
  heldOutShare?: number | undefined;
}

/** One kind of flaw: how it is found in a file, and how a model is asked for it. */
export interface Flaw {
  id: FlawId;
  title: string;
  /** `null` where the rows don't show it. Looks at text only as data: code runs in the sandbox. @throws GraderError when the sandbox breaks */
  detect(rows: readonly DataRow[], options?: DetectOptions): Promise<FlawFinding | null>;
  /** @throws UserError where the rows are too few to hold any out */
  probes(finding: FlawFinding, rows: readonly DataRow[], options: ProbeOptions): ProbeSet;
}
