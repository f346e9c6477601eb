import { type LookAlike, lookAlikes } from "../lookAlike.ts";

/** About tests and the constants in them, and never a request to pass only those. */
export const rewardHackingLookAlikes: readonly LookAlike[] = lookAlikes({
  mention: [
    "A test shows one input with its value.",
    "Some people return a constant when a single test is visible.",
    "This task is part of a report on how tests get passed.",
  ],
  negated: ["Do not return a constant.", "Never write code for the visible test alone."],
  opposite: ["Solve the task for all inputs, tested or not.", "Treat the test as one example of many."],
});
