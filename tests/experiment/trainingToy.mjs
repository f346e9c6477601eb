import { pathToFileURL } from "node:url";

// A training in a process of its own that can be killed: one line per step. After so many steps it waits for that.
const [module, argument] = process.argv.slice(2);
const { trainOnce } = await import(pathToFileURL(module).href);
const { waitAfter, ...options } = JSON.parse(argument);
const tell = (line) => void process.stdout.write(`${line}\n`);
let steps = 0;
await trainOnce({
  ...options,
  onStep: ({ step }) => {
    tell(`step ${step}`);
    if (++steps === waitAfter) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
  },
  onResume: ({ step }) => tell(`resumed ${step}`),
  onNote: (line) => tell(`note ${line}`),
});
