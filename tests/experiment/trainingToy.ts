import { type TrainOptions, trainOnce } from "../../src/experiment/trainOnce.ts";

// A training in a process of its own that can be killed: one line per step. After so many steps it waits for that.
const { waitAfter, ...options } = JSON.parse(process.argv[2] ?? "{}") as TrainOptions & { waitAfter: number };
let steps = 0;
await trainOnce({
  ...options,
  onStep: ({ step }) => {
    process.stdout.write(`step ${step}\n`);
    if (++steps === waitAfter) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
  onResume: ({ step }) => void process.stdout.write(`resumed ${step}\n`),
  onNote: (line) => void process.stdout.write(`note ${line}\n`),
});
