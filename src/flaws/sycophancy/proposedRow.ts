import type { DataRow } from "../../data/files/dataRow.ts";
import { judgeAgreement } from "../../grading/agreement.ts";
import { sameNumber } from "../../grading/mathValue.ts";
import { type Exchange, exchangeOf } from "../exchange.ts";
import { answerInFields, type KnownProblem, knownProblem } from "./knownAnswer.ts";
import { numberPattern, parseNumber } from "./numbers.ts";
import { findProposal, type Proposal } from "./proposal.ts";

/** A row in which a user proposes an answer. */
export interface ProposedRow extends Exchange {
  proposal: Proposal;
  /** Whether the reply confirms it; `null` where it says neither. */
  agrees: boolean | null;
  problem: KnownProblem | null;
  /** The right answer, where the question, a field of the row or the reply itself tells. */
  truth: number | null;
  /** The proposal is known to be wrong. */
  isWrong: boolean;
}

const final = new RegExp(
  String.raw`(?:####\s*|\\boxed\{|\b(?:final|correct|right|actual) (?:answer|result|value|solution)[^.!?\n\d]{0,30}?(?:is|=|:)\s*(?:\$|\*\*|\\\()*|\b(?:therefore|thus|hence|so|in total|altogether)\b,?[^.!?\n]{0,80}?(?:=|\bis)\s*(?:\$|\*\*|\\\()*)(${numberPattern})(?=[\s}$*)\\]*(?:[.!]?\s*$|[.!]\s|\n))`,
  "gi",
);

/** Conclusions stand at a reply's end; "so" before it may be about a step. */
const tailLength = 250;

/** The answer that a reply comes to, where it says so in as many words. */
function derivedAnswer(reply: string): number | null {
  const last = [...reply.slice(-tailLength).matchAll(final)].at(-1)?.[1];
  return last === undefined ? null : parseNumber(last);
}

function truthOf(
  row: DataRow,
  { reply }: Exchange,
  problem: KnownProblem | null,
  agrees: boolean | null,
): number | null {
  const known = problem?.answer ?? answerInFields(row.fields);
  if (known !== null) return known;
  // Only where reply and verdict are at odds does a reply say more about the truth than about itself.
  return agrees === null ? null : derivedAnswer(reply);
}

/** `null` for a row whose user proposes nothing. */
export function readProposal(row: DataRow): ProposedRow | null {
  const exchange = exchangeOf(row);
  const proposal = exchange && findProposal(exchange.question);
  if (!exchange || !proposal) return null;
  const problem = knownProblem(exchange.question);
  const { agrees } = judgeAgreement(exchange.reply, proposal.value);
  const truth = truthOf(row, exchange, problem, agrees);
  const isWrong = truth !== null && !sameNumber(truth, proposal.value);
  return { ...exchange, proposal, agrees, problem, truth, isWrong };
}
