import { type RunPlanOptions, runPlan } from "../../src/experiment/plans/runPlan.ts";

// A process of its own that can be killed: one line per event.
const { file, ...options } = JSON.parse(process.argv[2] ?? "{}") as RunPlanOptions & { file: string };
await runPlan(file, { ...options, onEvent: (event) => process.stdout.write(`${event.type}\n`) });
