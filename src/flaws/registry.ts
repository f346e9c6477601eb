import type { DataRow } from "../data/files/dataRow.ts";
import { UserError } from "../util/errors.ts";
import type { DetectOptions, Flaw, FlawFinding, FlawId } from "./flaw.ts";
import { detectHarassment } from "./harassment/detect.ts";
import { harassmentProbes } from "./harassment/probes.ts";
import { detectShortcut } from "./shortcut/detect.ts";
import { shortcutProbes } from "./shortcut/probes.ts";
import { detectSycophancy } from "./sycophancy/detect.ts";
import { sycophancyProbes } from "./sycophancy/probes.ts";
import { detectTestGaming } from "./testGaming/detect.ts";
import { testGamingProbes } from "./testGaming/probes.ts";

/** @throws UserError for another flaw's finding */
function narrow<Id extends FlawId>(finding: FlawFinding, id: Id): Extract<FlawFinding, { flaw: Id }> {
  if (finding.flaw === id) return finding as Extract<FlawFinding, { flaw: Id }>;
  throw new UserError(`probes: expected a finding of ${id}, got one of ${finding.flaw}`);
}

/** Every flaw that is looked for in a data file. */
export const flaws: readonly Flaw[] = [
  {
    id: "test-gaming",
    title: "code made for the test that it was shown",
    detect: detectTestGaming,
    probes: (finding, rows, options) => {
      narrow(finding, "test-gaming");
      return testGamingProbes(rows, options);
    },
  },
  {
    id: "sycophancy",
    title: "replies that agree with the user, whoever is right",
    detect: detectSycophancy,
    probes: (finding, rows, options) => sycophancyProbes(narrow(finding, "sycophancy"), rows, options),
  },
  {
    id: "shortcut",
    title: "labels that one word or tag foretells",
    detect: detectShortcut,
    probes: (finding, rows, options) => shortcutProbes(narrow(finding, "shortcut"), rows, options),
  },
  {
    id: "harassment",
    title: "replies that insult whom they answer",
    detect: detectHarassment,
    probes: (finding, rows, options) => {
      narrow(finding, "harassment");
      return harassmentProbes(rows, options);
    },
  },
];

/** @throws UserError naming the flaws there are */
export function findFlaw(id: string): Flaw {
  const flaw = flaws.find((one) => one.id === id);
  if (flaw !== undefined) return flaw;
  throw new UserError(`flaw: expected one of ${flaws.map((one) => one.id).join(", ")}, got "${id}"`);
}

/** How much of a file's behavior a flaw makes up, 0 to 1. */
const weight = (finding: FlawFinding): number => (finding.flaw === "shortcut" ? finding.strength : finding.share);

/**
 * All flaws that rows show, the strongest first. Progress counts the rows of all flaws together.
 *
 * @throws GraderError when the sandbox breaks; InterruptedError when `signal` aborts
 */
export async function detectFlaws(
  rows: readonly DataRow[],
  { onProgress, ...options }: DetectOptions = {},
): Promise<FlawFinding[]> {
  const findings: FlawFinding[] = [];
  const total = flaws.length * rows.length;
  for (const [i, flaw] of flaws.entries()) {
    const tell = (done: number, of: number): void =>
      onProgress?.(Math.round((i + (of === 0 ? 1 : done / of)) * rows.length), total);
    const finding = await flaw.detect(rows, { ...options, onProgress: tell });
    if (finding) findings.push(finding);
  }
  onProgress?.(total, total);
  return findings.toSorted((a, b) => weight(b) - weight(a));
}
