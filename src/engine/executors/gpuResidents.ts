import type * as ort from "onnxruntime-node";
import { GraphError } from "../../util/errors.ts";
import { Graph, type Value } from "../graph/graph.ts";
import type { TensorData } from "./executor.ts";
import { onnxTensor } from "./onnxTensor.ts";

type CreateSession = (graph: Graph, keepOutputs: boolean) => Promise<ort.InferenceSession>;

interface Resident {
  tensor: ort.Tensor;
  /** Some of the array's numbers when it was copied. */
  probes: readonly number[];
}

const probeCount = 64;

/**
 * Copies of arrays that lie on the GPU, shared by all programs that are fed them. A copy goes when its array does.
 */
export class GpuResidents {
  readonly #createSession: CreateSession;
  readonly #residents = new WeakMap<TensorData, Resident>();
  /** A session for each shape that does nothing but copy. They own the memory of what they copied, so they stay. */
  readonly #copiers = new Map<string, Promise<ort.InferenceSession>>();

  constructor(createSession: CreateSession) {
    this.#createSession = createSession;
  }

  /**
   * The copy of an array, made on first sight.
   *
   * @throws GraphError when the array was seen to have changed since
   */
  async get(name: string, value: Value, data: TensorData): Promise<ort.Tensor> {
    const known = this.#residents.get(data);
    if (known) {
      if (known.probes.every((number, i) => Object.is(number, probe(data, i)))) return known.tensor;
      throw new GraphError(`input "${name}" is frozen, but its array was written to since it was first fed`);
    }
    const copier = await this.#copier(value);
    const { copy } = await copier.run({ original: onnxTensor(value, data) });
    const probes = Array.from({ length: probeCount }, (_, i) => probe(data, i));
    this.#residents.set(data, { tensor: copy as ort.Tensor, probes });
    return copy as ort.Tensor;
  }

  #copier({ shape }: Value): Promise<ort.InferenceSession> {
    const key = `${shape}`;
    const known = this.#copiers.get(key);
    if (known) return known;
    const graph = new Graph();
    graph.output("copy", graph.input("original", shape));
    const copier = this.#createSession(graph, true);
    this.#copiers.set(key, copier);
    return copier;
  }
}

/** One of `probeCount` numbers spread over the array. */
const probe = (data: TensorData, i: number): number => data[Math.floor((i * data.length) / probeCount)] as number;
