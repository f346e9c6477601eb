import { type ReproduceOptions, reproduce } from "../../src/experiment/reproduce.ts";
import { type Death, dieAt } from "./killAt.ts";

// A process of its own that dies at an event.
const { death, ...options } = JSON.parse(process.argv[2] ?? "{}") as ReproduceOptions & { death: Death };
await reproduce(["toy"], { ...options, onEvent: dieAt(death) });
