import type { OnnxAttribute, OnnxGraph, OnnxTensor } from "./onnxModel.ts";

/** The bytes of a typed array, without a copy. */
export const bytesOf = (data: Float32Array | Int32Array | BigInt64Array | Uint8Array): Uint8Array =>
  new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** An ONNX graph that grows node by node; values go by their names. */
export class OnnxBuilder {
  readonly graph: OnnxGraph = { nodes: [], inputs: [], outputs: [], initializers: new Map() };
  #next = 0;

  initializer(name: string, tensor: OnnxTensor): string {
    this.graph.initializers.set(name, tensor);
    return name;
  }

  /** A small int64 tensor, shared by all nodes that name the same numbers. */
  ints(numbers: readonly number[]): string {
    const bytes = bytesOf(BigInt64Array.from(numbers, BigInt));
    return this.initializer(`ints:${numbers}`, { type: "int64", shape: [numbers.length], bytes });
  }

  scalar(number: number): string {
    const bytes = bytesOf(new Float32Array([number]));
    return this.initializer(`scalar:${number}`, { type: "float", shape: [], bytes });
  }

  /** Adds a node; output names are made up unless given. @returns the first output's name */
  node(
    operator: string,
    inputs: string[],
    outputs: string[] = [`t${this.#next++}`],
    attributes: Record<string, OnnxAttribute> = {},
    domain = "",
  ): string {
    this.graph.nodes.push({ operator, inputs, outputs, attributes, domain });
    return outputs[0] as string;
  }
}
