import { type RunPlanOptions, runPlan } from "../../src/experiment/plans/runPlan.ts";
import { type Death, dieAt } from "./killAt.ts";

// A process of its own that dies at an event.
const { file, death, ...options } = JSON.parse(process.argv[2] ?? "{}") as RunPlanOptions & {
  file: string;
  death: Death;
};
await runPlan(file, { ...options, onEvent: dieAt(death) });
