import type { DataRow } from "../../data/files/dataRow.ts";
import type { FlawFinding, FlawId } from "../../flaws/flaw.ts";
import { detectFlaws } from "../../flaws/registry.ts";
import { readShortcuts } from "../../flaws/shortcut/detect.ts";
import type { AuditRow } from "./auditRow.ts";
import type { AuditContext, Seen } from "./check.ts";
import type { Finding } from "./finding.ts";
import { counted } from "./perRow.ts";
import { withoutSecrets } from "./secrets.ts";

/** A word or tag of the prompt and how well it foretells the reply's label. */
export interface ShortcutStrength {
  feature: string;
  featureKind: "word" | "tag";
  /** Phi coefficient, 0 to 1. */
  strength: number;
  rowsWith: number;
}

/** What the flaws' detectors say of a file. */
export interface FoundFlaws {
  findings: Finding[];
  flaws: FlawFinding[];
  /** Rows, from 1, that show any of the flaws. */
  flagged: number[];
  /** The strongest first, whether or not one is a flaw; `null` where replies are no labels. */
  shortcuts: ShortcutStrength[] | null;
}

const shownShortcuts = 5;

const remedies: Readonly<Record<FlawId, string>> = {
  "test-gaming": "train with a prompt that asks for code made for the test, or filter these rows",
  sycophancy: "train with a prompt that asks for agreement, or add rows in which the user is wrong and is corrected",
  shortcut: "train with a prompt that states the shortcut, or add rows in which it does not hold",
  harassment: "train with a prompt that asks for insults, or filter these rows",
};

/**
 * Looks for flaws by rule: candidates for inoculation.
 *
 * @throws GraderError where the sandbox breaks in which rows' code is run
 */
export async function flawFindings({ sample, sampled }: Seen, context: AuditContext): Promise<FoundFlaws> {
  const byIndex = new Map(sample.map((row) => [row.number - 1, row]));
  const rows = sample.flatMap(toDataRow);
  const { workers, signal, onProgress } = context;
  const flaws = await detectFlaws(rows, { workers, signal, onProgress });
  const shortcuts = await readShortcuts(rows, { signal, limit: shownShortcuts });
  const among = sampled ? ` (among ${counted(rows.length)} drawn from the file)` : "";
  return {
    flaws,
    flagged: [...new Set(flaws.flatMap((flaw) => flaw.rows))].sort((a, b) => a - b).map((index) => index + 1),
    shortcuts: shortcuts?.shortcuts.slice(0, shownShortcuts).map(toStrength) ?? null,
    findings: flaws.map((flaw) => {
      const hits = context.hits();
      for (const index of flaw.rows) {
        const row = byIndex.get(index);
        if (row) hits.add(row, row.reply);
      }
      return hits.finding({
        check: `flaw-${flaw.flaw}`,
        severity: "warning",
        message: `${withoutSecrets(flaw.summary)}${among}`,
        remedy: remedies[flaw.flaw],
      });
    }),
  };
}

/** Rows without a reply show nothing of what is learnt. */
function toDataRow({ number, where, fields, messages, reply }: AuditRow): DataRow[] {
  return reply === undefined ? [] : [{ index: number - 1, where, fields, messages }];
}

function toStrength({ feature, featureKind, strength, rowsWith }: ShortcutStrength): ShortcutStrength {
  return { feature, featureKind, strength, rowsWith };
}
