/** One side of bench/apply.ts, in a process of its own so that its peak memory is its own. */
import { applyPrompt } from "../../src/data/applyPrompt.ts";

const [data, out, prompt] = process.argv.slice(2) as [string, string, string];
const clock = performance.now();
const processor = process.cpuUsage();
const { rows } = await applyPrompt({ data, out, insertion: { prompt, placement: "prefix" } });
const { user, system } = process.cpuUsage(processor);
console.log(
  JSON.stringify({
    rows,
    seconds: (performance.now() - clock) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMB: process.resourceUsage().maxRSS / 1024,
  }),
);
