import type { Graph, Node, Value } from "./graph.ts";
import type { OperatorName } from "./operators.ts";

/**
 * Given a node and the derivative of the loss by its first output, builds the derivatives by its inputs.
 * `undefined` for an input that has none (ints, masks). Other outputs (inverse rms, softmax) are by-products
 * that rules reuse; the loss must not depend on them.
 */
type DerivativeRule<Name extends OperatorName> = (
  graph: Graph,
  node: Node<Name>,
  gradient: Value,
  wanted: (input: number) => boolean,
) => (Value | undefined)[];

const input = (node: Node, index: number): Value => node.inputs[index] as Value;

/** Sums a gradient over the axes along which an operand of this shape was broadcast. */
function sumTo(graph: Graph, gradient: Value, shape: readonly number[]): Value {
  const lead = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((size, axis) =>
    axis < lead || (shape[axis - lead] === 1 && size !== 1) ? [axis] : [],
  );
  return axes.length === 0 ? gradient : graph.reshape(graph.sum(gradient, axes, false), shape);
}

export const derivatives: { [Name in OperatorName]: DerivativeRule<Name> } = {
  add: (graph, node, g) => node.inputs.map((operand) => sumTo(graph, g, operand.shape)),

  subtract: (graph, node, g, wanted) => [
    sumTo(graph, g, input(node, 0).shape),
    wanted(1) ? graph.scale(sumTo(graph, g, input(node, 1).shape), -1) : undefined,
  ],

  multiply: (graph, node, g, wanted) =>
    [1, 0].map((other, index) =>
      wanted(index) ? sumTo(graph, graph.multiply(g, input(node, other)), input(node, index).shape) : undefined,
    ),

  scale: (graph, node, g) => [graph.scale(g, node.attributes.factor)],

  matmul: (graph, node, g, wanted) => {
    const [a, b] = node.inputs as [Value, Value];
    const { transposeA, transposeB, alpha } = node.attributes;
    const byA = (): Value =>
      transposeA
        ? graph.matmul(b, g, { transposeA: transposeB, transposeB: true, alpha })
        : graph.matmul(g, b, { transposeB: !transposeB, alpha });
    const byB = (): Value =>
      transposeB
        ? graph.matmul(g, a, { transposeA: true, transposeB: transposeA, alpha })
        : graph.matmul(a, g, { transposeA: !transposeA, alpha });
    return [wanted(0) ? sumTo(graph, byA(), a.shape) : undefined, wanted(1) ? sumTo(graph, byB(), b.shape) : undefined];
  },

  reshape: (graph, node, g) => [graph.reshape(g, input(node, 0).shape)],

  transpose: (graph, node, g) => {
    const { permutation } = node.attributes;
    return [
      graph.transpose(
        g,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
    ];
  },

  sum: (graph, node, g) => {
    const { shape } = input(node, 0);
    const kept = shape.map((size, axis) => (node.attributes.axes.includes(axis) ? 1 : size));
    return [graph.add(graph.reshape(g, kept), zeros(graph, shape))];
  },

  concat: (graph, node, g) => {
    let start = 0;
    return node.inputs.map(({ shape }) => {
      const end = start + (shape[node.attributes.axis] as number);
      const part = graph.slice(g, node.attributes.axis, start, end);
      start = end;
      return part;
    });
  },

  slice: (graph, node, g) => {
    const { shape } = input(node, 0);
    const { axis, start, end } = node.attributes;
    const pad = (size: number): Value[] => (size > 0 ? [zeros(graph, shape.with(axis, size))] : []);
    return [graph.concat([...pad(start), g, ...pad((shape[axis] as number) - end)], axis)];
  },

  gatherRows: (graph, node, g) => [
    graph.scatterAddRows(g, input(node, 1), input(node, 0).shape[0] as number),
    undefined,
  ],

  scatterAddRows: (graph, node, g) => [graph.gatherRows(g, input(node, 1)), undefined],

  // With r = 1 / rms(x): y = x r w, dx = r (g w - x r mean(g w x r)), dw = sum over rows of g x r.
  rmsNorm: (graph, node, g, wanted) => {
    const [x, weight] = node.inputs as [Value, Value];
    const inverseRms = node.outputs[1] as Value;
    const normed = graph.multiply(x, inverseRms);
    const weighted = graph.multiply(g, weight);
    const dot = graph.sum(graph.multiply(weighted, normed), [1], true);
    const along = graph.multiply(normed, graph.scale(dot, 1 / (x.shape[1] as number)));
    return [
      wanted(0) ? graph.multiply(inverseRms, graph.subtract(weighted, along)) : undefined,
      wanted(1) ? graph.sum(graph.multiply(g, normed), [0], false) : undefined,
    ];
  },

  sigmoid: (graph, node, g) => {
    const y = node.outputs[0] as Value;
    return [graph.multiply(g, graph.subtract(y, graph.multiply(y, y)))];
  },

  tanh: (graph, node, g) => {
    const y = node.outputs[0] as Value;
    return [graph.subtract(g, graph.multiply(g, graph.multiply(y, y)))];
  },

  softmax: (graph, node, g) => {
    const y = node.outputs[0] as Value;
    const dot = graph.sum(graph.multiply(y, g), [y.shape.length - 1], true);
    return [graph.multiply(y, graph.subtract(g, dot))];
  },

  rope: (graph, node, g) => {
    const [, positions, cos, sin] = node.inputs as [Value, Value, Value, Value];
    return [graph.rope(g, positions, cos, sin, !node.attributes.inverse), undefined, undefined, undefined];
  },

  // d log p(target) / d logits = onehot(target) - softmax(logits)
  tokenLogProb: (graph, node, g) => {
    const probabilities = node.outputs[1] as Value;
    const [difference] = graph.apply("oneHotMinus", [probabilities, input(node, 1)], {});
    return [graph.multiply(difference as Value, g), undefined];
  },

  oneHotMinus: (graph, _node, g) => [graph.scale(g, -1), undefined],

  causalSegmentMask: () => [undefined],
};

function zeros(graph: Graph, shape: readonly number[]): Value {
  return graph.constant(new Float32Array(shape.reduce((product, size) => product * size, 1)), shape);
}
