import type { ExternalOnnxTensor, OnnxGraph, OnnxTensor } from "../executors/onnxModel.ts";

/** Tensors start at multiples of this, so that a file can be mapped into memory. */
const pageBytes = 4096;
/** Smaller tensors stay in the model file: runtimes look into them for shapes. */
const smallBytes = 4096;

/** A file beside the model, as the pieces that it consists of. */
export interface DataFile {
  name: string;
  bytes: number;
  pieces: Uint8Array[];
}

/**
 * The graph with its large initializers in files of their own, none longer than `maxBytes` (a browser holds no buffer
 * of 2 GiB) unless one tensor alone is. The files are `<name>_data`, `<name>_data_1` and so on.
 *
 * @param name the model file's name, e.g. `model.onnx`
 */
export function externalWeights(
  graph: OnnxGraph,
  name: string,
  maxBytes: number,
): { graph: OnnxGraph; files: DataFile[] } {
  const files: DataFile[] = [];
  const place = ({ type, shape, bytes }: OnnxTensor): ExternalOnnxTensor => {
    let file = files.at(-1);
    if (!file || file.bytes + bytes.length > maxBytes) {
      file = { name: `${name}_data${files.length === 0 ? "" : `_${files.length}`}`, bytes: 0, pieces: [] };
      files.push(file);
    }
    const offset = file.bytes;
    const padding = new Uint8Array((pageBytes - (bytes.length % pageBytes)) % pageBytes);
    file.pieces.push(bytes, padding);
    file.bytes += bytes.length + padding.length;
    return { type, shape, location: file.name, offset, length: bytes.length };
  };
  const initializers: OnnxGraph["initializers"] = new Map(
    [...graph.initializers].map(([key, tensor]) =>
      "bytes" in tensor && tensor.bytes.length > smallBytes ? [key, place(tensor)] : [key, tensor],
    ),
  );
  return { graph: { ...graph, initializers }, files };
}

/** Bytes of all initializers that stand in the graph itself. */
export function weightBytes(graph: OnnxGraph): number {
  return [...graph.initializers.values()].reduce(
    (sum, tensor) => sum + ("bytes" in tensor ? tensor.bytes.length : 0),
    0,
  );
}
