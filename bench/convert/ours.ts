/** One side of bench/convert.ts, in a process of its own so that its peak memory is its own. */
import type { FormatId } from "../../src/data/convert/formats.ts";
import { convertData } from "../../src/data/convertData.ts";
import { reportSide } from "../apply/reportSide.ts";

const [data, out, to] = process.argv.slice(2) as [string, string, FormatId];
await reportSide(() => convertData({ data, out, to }));
