/** One side of bench/convert.ts, in a process of its own so that its peak memory is its own. */
import type { FormatId } from "../../src/data/convert/formats.ts";
import { convertData } from "../../src/data/convertData.ts";

const [data, out, to] = process.argv.slice(2) as [string, string, FormatId];
const clock = performance.now();
const processor = process.cpuUsage();
const { rows } = await convertData({ data, out, to });
const { user, system } = process.cpuUsage(processor);
console.log(
  JSON.stringify({
    rows,
    seconds: (performance.now() - clock) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMB: process.resourceUsage().maxRSS / 1024,
  }),
);
