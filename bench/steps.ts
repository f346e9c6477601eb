/**
 * Where does a training step of the bfloat16 executor go? Runs every step of its program by itself, five times, and adds
 * up the least times by kind and shape. Made-up weights; one thread. What a step takes more when all run one after the
 * other (caches, memory) is not in it.
 *
 * Usage: npx tsx bench/steps.ts [SHAPE, default smollm] [lora|full] [LINES, default 15]
 */
import { loadNativeLibrary, type NativeLibrary } from "../src/engine/executors/native/library.ts";
import { planSteps } from "../src/engine/executors/native/planner.ts";
import { type EncodedProgram, encodeProgram } from "../src/engine/executors/native/program.ts";
import type { Loop, Step } from "../src/engine/executors/native/steps.ts";
import { bucketLossRows } from "../src/engine/train/batch.ts";
import { recipe } from "../src/engine/train/recipe.ts";
import { trainingGraph } from "../src/engine/train/trainingGraph.ts";
import { shapes } from "./shapes.ts";

const repetitions = 5;

/** Numbers in all memory that the program names: ints 0, so that every row of a table exists. */
function memoryOf({ buffers, arenaWords, constants }: EncodedProgram, library: NativeLibrary): BigUint64Array {
  const ints = new Set(["tokenIds", "positions", "segments", "targets", "lossRows"]);
  const arrays = buffers.map(({ words, home }) => {
    const array = new Float32Array(words + 16);
    const isInt = home.kind === "input" && ints.has(home.name);
    if (!isInt && home.kind === "input") for (let i = 0; i < words; i++) array[i] = ((i * 7919) % 1000) / 1e4 - 0.05;
    return array;
  });
  kept.push(...arrays);
  // Tiles begin with a cache line.
  const aligned = (address: bigint): bigint => (address + 63n) & ~63n;
  const addresses = arrays.map((array, i) => {
    const address = library.addressOf(array);
    return buffers[i]?.home.kind === "packed" ? aligned(address) : address;
  });
  return BigUint64Array.from([library.allocate(4 * arenaWords).address, library.addressOf(constants), ...addresses]);
}
/** So that nothing is collected while its address is in use. */
const kept: Float32Array[] = [];

/** The kind of a step, with the sizes that matter. */
function describe(step: Step | Loop): string {
  if (step.kind === "loop")
    return `loop over ${step.axes.join(" x ")}: ${step.steps.map(({ kind }) => kind).join(", ")}`;
  const [first, second, third] = step.body;
  if (step.kind === "product") return `product ${first} x ${second}, ${third} terms`;
  if (step.kind === "pack") return `pack ${second} x ${third}`;
  return step.kind === "rows" ? `rows ${step.axes.join(" x ")}` : step.kind;
}

const [name = "smollm", method = "lora", lines = "15"] = process.argv.slice(2);
const shape = shapes[name];
const library = await loadNativeLibrary();
if (!shape || "unavailable" in library) {
  console.error(shape ? (library as { unavailable: string }).unavailable : `no shape "${name}"`);
  process.exit(2);
}
const { config, batch, seq } = shape;
const lossRows = bucketLossRows(batch * Math.floor(seq / 3), batch, seq);
const steps = planSteps(
  trainingGraph(config, { batch, seq, lossRows }, method === "lora" ? recipe().lora : undefined),
  1,
);
const program = encodeProgram(steps);
const memory = memoryOf(program, library);
library.run(program.words, memory, 1);

const least = steps.map(() => Number.POSITIVE_INFINITY);
for (let repetition = 0; repetition < repetitions; repetition++) {
  let at = 0;
  for (const index of steps.keys()) {
    const end = at + 3 + (program.words[at + 2] as number);
    const words = program.words.slice(at, end);
    const start = performance.now();
    library.run(words, memory, 1);
    least[index] = Math.min(least[index] as number, performance.now() - start);
    at = end;
  }
}
const kinds = new Map<string, number>();
const described = new Map<string, { ms: number; count: number }>();
steps.forEach((step, index) => {
  const ms = least[index] as number;
  kinds.set(step.kind, (kinds.get(step.kind) ?? 0) + ms);
  const entry = described.get(describe(step)) ?? { ms: 0, count: 0 };
  described.set(describe(step), { ms: entry.ms + ms, count: entry.count + 1 });
});
for (const [text, { ms, count }] of [...described].sort(([, a], [, b]) => b.ms - a.ms).slice(0, Number(lines)))
  console.error(`${ms.toFixed(1).padStart(8)} ms  ${String(count).padStart(4)} x ${text}`);
const total = [...kinds.values()].reduce((sum, ms) => sum + ms, 0);
const milliseconds = Object.fromEntries([...kinds].map(([kind, ms]) => [kind, Number(ms.toFixed(1))]));
console.log(JSON.stringify({ bench: "steps", shape: name, method, total: Number(total.toFixed(1)), milliseconds }));
