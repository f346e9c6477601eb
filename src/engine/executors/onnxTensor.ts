import * as ort from "onnxruntime-node";
import type { Value } from "../graph/graph.ts";
import type { TensorData } from "./executor.ts";

/** What ONNX Runtime takes for a graph input: the array itself, not copied. */
export function onnxTensor({ dtype, shape }: Value, data: TensorData): ort.Tensor {
  return dtype === "int"
    ? new ort.Tensor("int32", data as Int32Array, shape)
    : new ort.Tensor("float32", data as Float32Array, shape);
}
