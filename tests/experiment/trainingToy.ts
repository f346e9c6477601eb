import { type TrainOptions, trainOnce } from "../../src/experiment/trainOnce.ts";

// A training in a process of its own that can be killed: one line per step.
const options = JSON.parse(process.argv[2] ?? "{}") as TrainOptions;
await trainOnce({
  ...options,
  onStep: ({ step }) => void process.stdout.write(`step ${step}\n`),
  onResume: ({ step }) => void process.stdout.write(`resumed ${step}\n`),
  onNote: (line) => void process.stdout.write(`note ${line}\n`),
});
