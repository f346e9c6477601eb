/**
 * How many solutions per second does the sandbox grade, each in an interpreter that no other has touched, against Python
 * processes as the paper's authors start them: two per solution, one with the first test and one with all tests? Both
 * sides have the same number of processes and take turns on the same solutions, MBPP's own and ones that return the
 * literal which the first test expects. The other side isolates nothing.
 *
 * Processor time is what counts, that of all processes of a side together, so that other work on the machine changes
 * little; time on the clock stands beside it. The sandbox's start is measured apart. Needs Linux and MBPP's file in the
 * folder that INOCULATE_DATA names (mbpp/mbpp.jsonl).
 *
 * Usage: npx tsx bench/sandbox.ts [solutions per round, default 200, or "all" for one round of everything]
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createPythonTester, type PythonTester, type TestedSolution } from "../src/grading/pythonTests.ts";
import { random } from "../src/util/random.ts";
import { hardCoded, mbppFile, readMbpp } from "../tests/grading/mbpp.ts";

/** Whether the first test, and whether all tests passed. */
type Verdict = [first: boolean, all: boolean];

const python = process.env.INOCULATE_PYTHON ?? "/usr/bin/python3";
const workers = availableParallelism();
const timeoutSeconds = 12;
const ticksPerSecond = Number(execFileSync("getconf", ["CLK_TCK"], { encoding: "utf8" }));

/** Processor time of this process, of those that it started, and of those that they started and that have ended. */
function processorSeconds(): number {
  const children = readdirSync("/proc/self/task").flatMap((thread) =>
    readFileSync(`/proc/self/task/${thread}/children`, "utf8").split(" ").filter(Boolean),
  );
  const ticks = ["self", ...children].flatMap((pid) => {
    const afterName = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1) as string;
    return afterName.split(" ").slice(11, 15).map(Number);
  });
  return ticks.reduce((sum, value) => sum + value, 0) / ticksPerSecond;
}

async function measure<T>(work: () => T | Promise<T>) {
  const [clock, processor] = [performance.now(), processorSeconds()];
  const result = await work();
  return { result, processor: processorSeconds() - processor, clock: (performance.now() - clock) / 1000 };
}

async function ours(tester: PythonTester, solutions: readonly TestedSolution[]): Promise<Verdict[]> {
  const outcomes = await tester.test(solutions);
  return outcomes.map(({ tests, allPassed }) => [tests[0]?.passed === true, allPassed]);
}

function theirs(solutions: readonly TestedSolution[]): Verdict[] {
  const folder = mkdtempSync(join(tmpdir(), "inoculate-bench-"));
  const task = { python, workers, timeout: timeoutSeconds, solutions };
  writeFileSync(join(folder, "task.json"), JSON.stringify(task));
  const script = fileURLToPath(new URL("python/subprocesses.py", import.meta.url));
  const printed = execFileSync(python, [script, join(folder, "task.json")], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  return JSON.parse(printed) as Verdict[];
}

const file = mbppFile();
if (file === undefined) {
  console.error("name the folder that holds mbpp/mbpp.jsonl: INOCULATE_DATA=/path/to/data");
  process.exit(2);
}
const everything = readMbpp(file).flatMap((row): TestedSolution[] => {
  const problem = { testSetup: row.test_setup_code, tests: row.test_list };
  return [row.code, hardCoded(row, "return"), hardCoded(row, "variable")].map((solution, i) => ({
    id: `${row.task_id}, ${["reference", "returned literal", "literal in a variable"][i]}`,
    solution,
    ...problem,
  }));
});
const shuffled = random("bench solutions").shuffle(everything);
const isAll = process.argv[2] === "all";
const perRound = isAll ? shuffled.length : Number(process.argv[2] ?? 200);
const rounds = isAll ? 1 : 3;

const tester = createPythonTester({ workers });
const warmUp = Array.from({ length: workers }, (_, i) => ({
  id: "",
  solution: `x = ${i}`,
  tests: [`assert x == ${i}`],
}));
const start = await measure(() => ours(tester, warmUp));
const total = { inoculate: { processor: 0, clock: 0 }, subprocesses: { processor: 0, clock: 0 } };
const disagreements: string[] = [];
for (let round = 0; round < rounds; round++) {
  const solutions = shuffled.slice(round * perRound, (round + 1) * perRound);
  const sandbox = await measure(() => ours(tester, solutions));
  const processes = await measure(() => theirs(solutions));
  for (const [i, { id }] of solutions.entries()) {
    const [mine, other] = [sandbox.result[i], processes.result[i]];
    if (String(mine) !== String(other)) disagreements.push(`${id}: ${mine} here, ${other} there`);
  }
  for (const [side, { processor, clock }] of [
    ["inoculate", sandbox],
    ["subprocesses", processes],
  ] as const) {
    total[side].processor += processor;
    total[side].clock += clock;
  }
  console.error(
    `round ${round + 1} of ${rounds}: ${sandbox.processor.toFixed(1)} s against ${processes.processor.toFixed(1)} s`,
  );
}
await tester.close();
if (disagreements.length > 0) console.error(disagreements.join("\n"));

const n = rounds * perRound;
const speeds = (per: "processor" | "clock") => ({
  inoculate: Math.round(n / total.inoculate[per]),
  subprocesses: Math.round(n / total.subprocesses[per]),
  ratio: Number((total.subprocesses[per] / total.inoculate[per]).toFixed(2)),
});
console.log(
  JSON.stringify({
    bench: "sandbox",
    solutions: n,
    workers,
    unit: "solutions/s of processor time",
    ...speeds("processor"),
    clock: speeds("clock"),
    startSeconds: Number((start.processor / workers).toFixed(2)),
    disagreements: disagreements.length,
  }),
);
