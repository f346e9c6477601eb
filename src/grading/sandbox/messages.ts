import type { HostLimits } from "./hostCalls.ts";
import type { Literal, LiteralRequest } from "./literals.ts";
import type { PackedSnapshot } from "./packedSnapshot.ts";
import type { TestPlan } from "./planner.ts";
import type { Finding, PlannedSolution, Verdict } from "./runSolution.ts";

/** The first message to a worker. It answers "ready", or "fault". */
export interface Start {
  type: "start";
  limits: HostLimits;
  /** Folder of the package `pyodide`: a worker may read that, but not the links of a `node_modules` that lead there. */
  pyodide: string;
  /** What a worker that started before was ready with. */
  snapshot?: PackedSnapshot | undefined;
}

/** What a worker is asked, one request at a time. */
export type Request =
  /** Split tests into what the solution evaluates and what not. */
  | { type: "plan"; setup: string; tests: readonly string[] }
  /** Run and judge a solution. `tell`: send each test's finding at once, in case there is no time for the rest. */
  | { type: "run"; item: PlannedSolution; tell: boolean }
  /** Judge what was found before a worker was ended. */
  | { type: "judge"; setup: string; tests: readonly TestPlan[]; findings: readonly Finding[] }
  /** Call `__read`, which the trusted `program` defines, with a text. It may parse what is in the text, never run it. */
  | { type: "read"; program: string; text: string }
  /** Evaluate expressions beside a program and write their values as Python literals. */
  | ({ type: "literals" } & LiteralRequest);

/** What a worker answers. */
export type Reply =
  | { type: "planned"; plans: TestPlan[] }
  /** The setup code breaks without any solution. */
  | { type: "bad setup"; error: string }
  | { type: "verdicts"; verdicts: Verdict[] }
  | { type: "read"; text: string }
  /** The program raised, e.g. over text that is nested too deeply. */
  | { type: "unread"; error: string }
  | { type: "literals"; literals: Literal[] };

export interface Ready {
  type: "ready";
  snapshot?: PackedSnapshot;
}

/** Everything that a worker sends. */
export type FromWorker =
  | Reply
  /** With a snapshot of the interpreter before any program has run, unless it came from one. */
  | Ready
  | { type: "finding"; finding: Finding }
  /** The sandbox itself broke. The worker ends after this. */
  | { type: "fault"; message: string };
