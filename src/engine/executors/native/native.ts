import type { Graph } from "../../graph/graph.ts";
import { checkedInput } from "../checkedInput.ts";
import type { Executor, Program, ProgramMemory, TensorData } from "../executor.ts";
import type { NativeLibrary } from "./library.ts";
import { planSteps } from "./planner.ts";
import { type EncodedProgram, encodeProgram } from "./program.ts";
import type { Home } from "./steps.ts";

/**
 * Kernels of our own (native/) in bfloat16 with float32 sums, for processors that multiply bfloat16 matrices. Results
 * are the same bits for any number of threads. `run` blocks its JavaScript thread.
 */
export function createNativeExecutor(library: NativeLibrary, { threads = 1 }: { threads?: number } = {}): Executor {
  const machine = new Machine(library, threads);
  return {
    id: `native-${library.instructions}`,
    passes: library.passes,
    reusesOutputs: true,
    memory: (graph) => memoryOf(encodeProgram(planSteps(graph, threads))),
    compile: async (graph) => new NativeProgram(graph, encodeProgram(planSteps(graph, threads)), machine),
  };
}

/** The arena, and with it the frozen weights in tiles, are shared by all programs. */
function memoryOf({ words, arenaWords, constants, buffers }: EncodedProgram): ProgramMemory {
  const shared = buffers.reduce((sum, { home, words }) => sum + (home.kind === "input" ? 0 : 4 * words), 0);
  return { held: words.byteLength + constants.byteLength, running: 4 * arenaWords + shared };
}

/** What all programs share: the arena, as programs run one at a time, and fixed weights in tiles. */
class Machine {
  readonly #library: NativeLibrary;
  readonly #threads: number;
  readonly #packed = new WeakMap<TensorData, Map<string, Uint8Array>>();
  #arena: { address: bigint; free(): void } | undefined;
  #arenaBytes = 0;

  constructor(library: NativeLibrary, threads: number) {
    this.#library = library;
    this.#threads = threads;
  }

  arena(bytes: number): bigint {
    if (!this.#arena || bytes > this.#arenaBytes) {
      this.#arena?.free();
      this.#arena = undefined;
      this.#arena = this.#library.allocate(Math.max(bytes, 1));
      this.#arenaBytes = bytes;
    }
    return this.#arena.address;
  }

  addressOf(data: ArrayBufferView): bigint {
    return this.#library.addressOf(data);
  }

  run(words: Float64Array, slots: BigUint64Array): void {
    const error = this.#library.run(words, slots, this.#threads);
    if (error !== 0) throw new Error(`threads could not be started (system error ${error})`);
  }

  /** A fixed input's tiles, made when it is first seen. */
  packed(data: TensorData, { layout }: Home & { kind: "packed" }): Uint8Array {
    const forms = this.#packed.get(data) ?? new Map<string, Uint8Array>();
    this.#packed.set(data, forms);
    const key = Object.values(layout).join();
    const known = forms.get(key);
    if (known) return known;
    const { forB, rows, depth, offset, rowStride, depthStride } = layout;
    const tiles = Math.ceil(rows / 16) * Math.ceil(depth / 32);
    const made = this.#aligned(tiles * 1024);
    const body = [0, Number(forB), rows, depth, 0, offset, rowStride, depthStride, 1, 1, 0];
    this.run(
      Float64Array.from([0, 0, body.length, ...body]),
      BigUint64Array.from([this.addressOf(data), this.addressOf(made)]),
    );
    forms.set(key, made);
    return made;
  }

  /** Bytes that begin with a cache line. */
  #aligned(bytes: number): Uint8Array {
    const buffer = new ArrayBuffer(bytes + 64);
    const start = Number(-this.addressOf(new Uint8Array(buffer)) & 63n);
    return new Uint8Array(buffer, start, bytes);
  }
}

class NativeProgram implements Program {
  readonly #graph: Graph;
  readonly #program: EncodedProgram;
  readonly #machine: Machine;

  constructor(graph: Graph, program: EncodedProgram, machine: Machine) {
    this.#graph = graph;
    this.#program = program;
    this.#machine = machine;
  }

  async run(
    inputs: Readonly<Record<string, TensorData>>,
    spare?: ReadonlyMap<string, Float32Array>,
  ): Promise<Record<string, Float32Array>> {
    for (const [name, value] of this.#graph.inputs) checkedInput(name, value, inputs[name]);
    const { words, arenaWords, constants, buffers } = this.#program;
    const outputs: Record<string, Float32Array> = {};
    const machine = this.#machine;
    const data = buffers.map(({ home, words: size }): ArrayBufferView => {
      if (home.kind === "packed") return machine.packed(inputs[home.input] as TensorData, home);
      if (home.kind === "input") return inputs[home.name] as TensorData;
      const { name } = home as Home & { kind: "output" };
      const own = spare?.get(name);
      outputs[name] ??= own?.length === size ? own : new Float32Array(size);
      return outputs[name];
    });
    const slots = BigUint64Array.from([
      machine.arena(4 * arenaWords),
      ...[constants, ...data].map((array) => machine.addressOf(array)),
    ]);
    machine.run(words, slots);
    return outputs;
  }

  async release(): Promise<void> {}
}
