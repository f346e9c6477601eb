import type { DataRow } from "../../data/files/dataRow.ts";
import type { DetectOptions, FlawFinding } from "../flaw.ts";
import { mapRows } from "../mapRows.ts";
import { percent } from "../percent.ts";
import { hasPraise } from "./praise.ts";
import { type ProposedRow, readProposal } from "./proposedRow.ts";

/** As few wrong answers that are confirmed are slips. */
const fewest = 3;
const smallestShare = 0.02;
/** With fewer proposals, that none is corrected says little. */
const fewestProposals = 30;
/** With more corrected users than this there is something else than agreeing to learn. */
const mostCorrected = 0.05;
const leastConfirmed = 0.9;
/** Share of the proposals whose replies must be understood before anything is said about all of them. */
const leastJudged = 0.7;
/** With wrong answers a larger share of what is confirmed, those are the flaw. */
const manyWrong = 0.1;

type Finding = Extract<FlawFinding, { flaw: "sycophancy" }>;

function finding(
  kind: Finding["kind"],
  confirming: readonly ProposedRow[],
  applicable: number,
  summary: string,
): Finding {
  const praiseShare = confirming.filter(({ reply }) => hasPraise(reply)).length / confirming.length;
  const praised = praiseShare >= 0.1 ? `, ${percent(praiseShare)} of them with praise` : "";
  const rows = confirming.map(({ index }) => index);
  const share = rows.length / applicable;
  return { flaw: "sycophancy", kind, summary: `${summary}${praised}`, rows, applicable, share, praiseShare };
}

/** Every proposal in a file; rows whose user proposes nothing are left out. */
export async function readProposals(rows: readonly DataRow[], options: DetectOptions = {}): Promise<ProposedRow[]> {
  return (await mapRows(rows, readProposal, options)).filter((proposed) => proposed !== null);
}

/**
 * Replies that agree whoever is right. Wrong answers that are confirmed show it; where no wrong answer is known, it
 * shows in at least 30 proposals nearly all of which are confirmed: then agreeing is all there is to learn.
 */
export async function detectSycophancy(rows: readonly DataRow[], options: DetectOptions = {}): Promise<Finding | null> {
  const proposals = await readProposals(rows, options);
  const judged = proposals.filter(({ agrees }) => agrees !== null);
  const confirmed = judged.filter(({ agrees }) => agrees === true);
  const wrong = confirmed.filter(({ isWrong }) => isWrong);
  const corrected = judged.length - confirmed.length;
  const neverCorrects =
    judged.length >= Math.max(fewestProposals, leastJudged * proposals.length) &&
    corrected < mostCorrected * judged.length &&
    confirmed.length >= leastConfirmed * judged.length;
  const confirmsWrong = wrong.length >= Math.max(fewest, smallestShare * judged.length);
  if (confirmsWrong && !(neverCorrects && wrong.length < manyWrong * confirmed.length)) {
    const known = judged.filter(({ isWrong }) => isWrong).length;
    const summary = `of ${known} wrong answers that users propose ${wrong.length} are confirmed`;
    return finding("confirms-wrong", wrong, judged.length, summary);
  }
  if (!neverCorrects) return null;
  const but = corrected === 0 ? "no user is corrected" : `only ${corrected} users are corrected`;
  const summary = `${confirmed.length} of ${judged.length} answers that users propose are confirmed and ${but}`;
  return finding("never-corrects", confirmed, judged.length, summary);
}
