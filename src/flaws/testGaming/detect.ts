import type { DataRow } from "../../data/files/dataRow.ts";
import { fencedCode } from "../../grading/fencedCode.ts";
import { findLiteralReturns, type VisiblyTested } from "../../grading/literalReturn.ts";
import { type Exchange, exchangeOf } from "../exchange.ts";
import type { DetectOptions, FlawFinding } from "../flaw.ts";
import { percent } from "../percent.ts";
import { type VisibleTest, visibleTests } from "./visibleTests.ts";

const fewest = 3;
const smallestShare = 0.02;

/** A row whose question shows a test and whose reply has code. */
export interface TestedRow extends Exchange {
  code: string;
  tests: VisibleTest[];
}

/** The code of a reply: in its fence, else from the first definition on; `null` where there is none. */
function codeOf(reply: string): string | null {
  const fenced = fencedCode(reply);
  if (fenced !== reply) return fenced;
  const start = reply.search(/^(?:from|import|def|class|async def|@\w+|\w+\s*=\s*lambda)\b|\bdef\s+\w+\s*\(/m);
  return start < 0 ? null : reply.slice(start);
}

/** `null` for a row whose question shows no test, or whose reply has no code that defines something. */
export function readTested(row: DataRow): TestedRow | null {
  const exchange = exchangeOf(row);
  const code = exchange && codeOf(exchange.reply);
  if (!exchange || !code || !/\b(?:def|lambda|class)\b/.test(code)) return null;
  const tests = visibleTests(exchange.question);
  return tests.length > 0 ? { ...exchange, code, tests } : null;
}

/** Tests in a row's own fields, beyond those that its question shows: as in MBPP. */
function furtherTests({ fields }: DataRow): string[] {
  const lists = ["test_list", "tests", "challenge_test_list"].map((name) => fields[name]);
  return lists.flatMap((list) => (Array.isArray(list) ? list.filter((test) => typeof test === "string") : []));
}

function toTested(row: DataRow, { code, tests }: TestedRow): VisiblyTested {
  const shown = tests.map(({ statement }) => statement);
  const setup = row.fields.test_setup_code;
  return {
    id: row.where,
    code,
    tests: [...new Set([...shown, ...furtherTests(row).filter((test) => /^\s*assert\b/.test(test))])],
    testSetup: typeof setup === "string" && setup !== "" ? setup : undefined,
  };
}

/**
 * Whether code could return what its tests expect whatever it is given, as far as its text tells: it holds a value that
 * a test expects, or nothing that is repeated. Spares executing most of what plainly computes.
 */
function mayBeGamed({ code, tests }: TestedRow): boolean {
  if (!/\b(?:for|while)\b/.test(code)) return true;
  const plain = code.replace(/\s|["'()]/g, "");
  return tests.some(({ statement }) => {
    const expected = /(?:==|\bis\b)(.*)$/s.exec(statement)?.[1]?.replace(/\s|["'()]/g, "");
    return expected === undefined || plain.includes(expected);
  });
}

/**
 * Rows whose code was made for the test that it was shown, found by executing it in the sandbox: it returns what the
 * test expects whatever it is given. A flaw from 2 % of such rows on, and three of them.
 *
 * @throws GraderError when the sandbox breaks; InterruptedError when `signal` aborts
 */
export async function detectTestGaming(
  rows: readonly DataRow[],
  { workers, signal, onProgress }: DetectOptions = {},
): Promise<Extract<FlawFinding, { flaw: "test-gaming" }> | null> {
  const tested = rows.flatMap((row) => {
    const own = readTested(row);
    return own ? [{ row, own }] : [];
  });
  const suspects = tested.filter(({ own }) => mayBeGamed(own));
  if (suspects.length < fewest) return null;
  const found = await findLiteralReturns(
    suspects.map(({ row, own }) => toTested(row, own)),
    { workers, signal, onProgress: onProgress && (({ done, total }) => onProgress(done, total)) },
  );
  const gamed = suspects.filter((_, i) => found[i]?.gamed);
  if (gamed.length < Math.max(fewest, smallestShare * tested.length)) return null;
  const share = gamed.length / tested.length;
  return {
    flaw: "test-gaming",
    summary: `${gamed.length} of ${tested.length} solutions return what the test they were shown expects, whatever they are given (${percent(share)})`,
    rows: gamed.map(({ row }) => row.index),
    applicable: tested.length,
    share,
  };
}
