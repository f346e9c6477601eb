import { GraphError } from "../../util/errors.ts";
import type { Value } from "../graph/graph.ts";
import { sizeOf } from "../graph/operators.ts";
import type { TensorData } from "./executor.ts";

/** What a run was given for one graph input. @throws GraphError naming the input when it is missing or does not fit */
export function checkedInput(name: string, { shape, dtype }: Value, data: TensorData | undefined): TensorData {
  if (!data) throw new GraphError(`input "${name}" is missing`);
  if (data.length !== sizeOf(shape)) {
    throw new GraphError(`input "${name}": expected ${sizeOf(shape)} numbers for [${shape}], got ${data.length}`);
  }
  if (data instanceof Int32Array !== (dtype === "int")) {
    const expected = dtype === "int" ? "an Int32Array" : "floats";
    throw new GraphError(`input "${name}": expected ${expected}, got ${data.constructor.name}`);
  }
  return data;
}
