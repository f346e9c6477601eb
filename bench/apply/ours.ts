/** One side of bench/apply.ts, in a process of its own so that its peak memory is its own. */
import { applyPrompt } from "../../src/data/applyPrompt.ts";
import { reportSide } from "./reportSide.ts";

const [data, out, prompt] = process.argv.slice(2) as [string, string, string];
await reportSide(() => applyPrompt({ data, out, insertion: { prompt, placement: "prefix" } }));
