import type { Graph } from "../graph/graph.ts";
import { peakBytes } from "../graph/liveness.ts";
import { sizeOf } from "../graph/operators.ts";
import type { ProgramMemory } from "./executor.ts";
import { arenaBytes } from "./onnxArena.ts";
import { onnxPlan } from "./onnxPlan.ts";

/** Live intermediate values from which on an arena costs more than it saves. */
const largestArena = 2 ** 27;
/** What ONNX Runtime keeps of a node: names, shapes, kernel. Measured on graphs of 400 to 4,000 nodes. */
const bytesPerNode = 13_000;
/** Memory in use over memory wanted with the system's allocator: what lies between buffers of other sizes. Measured. */
const fragmentation = 1.1;

/** Whether a program runs faster with memory of its own than with the system's allocator. */
export const wantsArena = (graph: Graph): boolean => peakBytes(onnxPlan(graph)) <= largestArena;

/** @param arena absent: as `wantsArena` has it */
export function onnxMemory(graph: Graph, arena?: boolean): ProgramMemory {
  const buffers = onnxPlan(graph);
  const peak = peakBytes(buffers);
  const constants = [...graph.constants.values()].reduce((sum, { byteLength }) => sum + byteLength, 0);
  const program = constants + bytesPerNode * graph.nodes.length;
  const outputs = [...graph.outputs.values()].reduce((sum, { shape }) => sum + 4 * sizeOf(shape), 0);
  // What the first run leaves in an arena may not suit the second.
  if (arena ?? peak <= largestArena) return { held: program + arenaBytes(buffers, 2), running: outputs };
  // At the end of a run its outputs are copied into memory of JavaScript's.
  return { held: program, running: Math.max(fragmentation * peak, 2 * outputs) };
}
