import type { Graph, Node, Value } from "../graph/graph.ts";
import type { OperatorName } from "../graph/operators.ts";
import { checkedInput } from "./checkedInput.ts";
import type { Executor, Program, TensorData } from "./executor.ts";
import { type Kernel, kernels, type Tensor } from "./referenceKernels.ts";

/** Plain float64 loops: slow and obviously right. The other executors are tested against it. */
export function createReferenceExecutor(): Executor {
  return { id: "reference", compile: async (graph) => new ReferenceProgram(graph) };
}

class ReferenceProgram implements Program {
  readonly #graph: Graph;

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  async run(inputs: Readonly<Record<string, TensorData>>): Promise<Record<string, Float64Array>> {
    const tensors = new Map<Value, Tensor>();
    for (const [name, value] of this.#graph.inputs) {
      tensors.set(value, { shape: value.shape, data: new Float64Array(checkedInput(name, value, inputs[name])) });
    }
    for (const [value, data] of this.#graph.constants)
      tensors.set(value, { shape: value.shape, data: new Float64Array(data) });
    for (const node of this.#graph.nodes) runNode(node, tensors);
    return Object.fromEntries(
      [...this.#graph.outputs].map(([name, value]) => [name, (tensors.get(value) as Tensor).data.slice()]),
    );
  }

  async release(): Promise<void> {}
}

function runNode(node: Node, tensors: Map<Value, Tensor>): void {
  const inputs = node.inputs.map((value) => tensors.get(value) as Tensor);
  const kernel = kernels[node.operator] as Kernel<OperatorName>;
  const results = kernel(inputs, node.attributes, node.outputs[0]?.shape ?? []);
  node.outputs.forEach((value, i) => {
    const data = results[i];
    if (data) tensors.set(value, { shape: value.shape, data });
  });
}
