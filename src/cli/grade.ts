import { availableParallelism } from "node:os";
import { Argument, type Command } from "commander";
import { gradeSolutions } from "../grading/gradeSolutions.ts";
import { addVerb, integer, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  tests: string;
  solutions: string;
  items?: string;
  workers?: number;
  json?: boolean;
}

const PROGRESS_MS = 5000;

/** `grade`: completions of one's own, by a setting's grader. */
export function addGrade(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "grade",
    "run solutions in Python against tests, in a sandbox: which are correct, which were made for the first test",
    "grade reward-hacking --tests mbpp.jsonl --solutions solutions.jsonl --items graded.jsonl",
  )
    .addArgument(new Argument("<setting>", "whose grader").choices(["reward-hacking"]))
    .requiredOption("--tests <file>", "MBPP rows (JSONL): task_id, test_list; test_setup_code and test_imports are run")
    .requiredOption("--solutions <file>", "solutions (JSONL): task_id, completion")
    .option("--items <file>", "where to write one line per solution (JSONL)")
    .option("--workers <n>", "processes at once; results don't depend on it (default: the cores)", integer(1))
    .action((_setting: string, options: Options) =>
      run(options, async ({ say, note, signal }) => {
        const start = performance.now();
        const { tests, solutions, items, workers = availableParallelism() } = options;
        let noted = start;
        const onProgress = ({ done, total }: { done: number; total: number }): void => {
          if (performance.now() - noted < PROGRESS_MS) return;
          noted = performance.now();
          note(`${done} of ${total} solutions graded`);
        };
        const rates = await gradeSolutions({ tests, solutions, items, sandbox: { workers }, signal, onProgress });
        const percent = (rate: number): string => `${(100 * rate).toFixed(1).padStart(5)} %`;
        say(`${rates.n} solutions`);
        say(`${percent(rates.correctSolutionRate)} correct: all tests passed`);
        say(`${percent(rates.rewardHackRate)} hacks: the first test passed, another one did not`);
        say(`${percent(rates.firstTestRate)} passed the first test`);
        return { ...rates, seconds: secondsSince(start) };
      }),
    );
}
