import { type ReproduceOptions, reproduce } from "../../src/experiment/reproduce.ts";

// A process of its own that can be killed: one line per event, then the result.
const options = JSON.parse(process.argv[2] ?? "{}") as ReproduceOptions;
const onEvent: ReproduceOptions["onEvent"] = (event) => process.stdout.write(`${event.type}\n`);
const result = await reproduce(["toy"], { ...options, onEvent });
process.stdout.write(`${JSON.stringify(result)}\n`);
