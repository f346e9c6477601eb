import type * as ort from "onnxruntime-node";
import { GraphError } from "../../util/errors.ts";
import { Graph, type Value } from "../graph/graph.ts";
import type { TensorData } from "./executor.ts";
import { lowerToOnnx } from "./onnxLowering.ts";
import { onnxTensor } from "./onnxTensor.ts";
import { createWebGpuSession } from "./webgpuSession.ts";

interface Resident {
  tensor: ort.Tensor;
  /** Some of the array's numbers when it was copied. */
  probes: readonly number[];
}

const probeCount = 64;

/** Copies of arrays that lie on the GPU, for all programs of this process. A copy goes when its array does. */
export class GpuResidents {
  readonly #residents = new WeakMap<TensorData, Resident>();
  /** ONNX Runtime keeps a tensor on the GPU until it is disposed of, whether or not anybody can still reach it. */
  readonly #gone = new FinalizationRegistry<ort.Tensor>((tensor) => tensor.dispose());
  /** A session for each shape that does nothing but copy. They own the memory of what they copied, so they stay. */
  readonly #copiers = new Map<string, Promise<ort.InferenceSession>>();

  /**
   * The copy of an array, made on first sight.
   *
   * @throws GraphError when the array was seen to have changed since
   */
  async get(name: string, value: Value, data: TensorData): Promise<ort.Tensor> {
    const known = this.#residents.get(data);
    if (known && `${known.tensor.dims}` === `${value.shape}`) {
      if (known.probes.every((number, i) => Object.is(number, probe(data, i)))) return known.tensor;
      throw new GraphError(`input "${name}" is frozen, but its array was written to since it was first fed`);
    }
    const copier = await this.#copier(value);
    const { copy } = await copier.run({ original: onnxTensor(value, data) });
    const probes = Array.from({ length: probeCount }, (_, i) => probe(data, i));
    this.#residents.set(data, { tensor: copy as ort.Tensor, probes });
    this.#gone.register(data, copy as ort.Tensor);
    return copy as ort.Tensor;
  }

  #copier({ shape }: Value): Promise<ort.InferenceSession> {
    const key = `${shape}`;
    const known = this.#copiers.get(key);
    if (known) return known;
    const graph = new Graph();
    graph.output("copy", graph.input("original", shape));
    const copier = createWebGpuSession(lowerToOnnx(graph, "webgpu"), true);
    this.#copiers.set(key, copier);
    return copier;
  }
}

/** One of `probeCount` numbers spread over the array. */
const probe = (data: TensorData, i: number): number => data[Math.floor((i * data.length) / probeCount)] as number;
