import { GraphError } from "../../util/errors.ts";
import { type DType, type OperatorName, type Operators, outputTypes, sizeOf, type TensorType } from "./operators.ts";

/** One tensor of a graph: assigned once, with a static shape. */
export interface Value extends TensorType {
  readonly id: number;
}

export interface Node<Name extends OperatorName = OperatorName> {
  readonly operator: Name;
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  readonly attributes: Operators[Name];
}

/**
 * A program of operators in the order in which they run. Executors (`../executors/executor.ts`) compile it;
 * `backward` (`./backward.ts`) extends it by its own derivatives.
 */
export class Graph {
  readonly inputs = new Map<string, Value>();
  readonly constants = new Map<Value, Float32Array>();
  readonly nodes: Node[] = [];
  readonly outputs = new Map<string, Value>();
  /**
   * Names of inputs that are fed arrays which nobody writes to any more, such as the weights of a model that is not
   * trained. An executor may keep a copy of such an array elsewhere, and use it whenever it is fed the array again.
   */
  readonly frozen = new Set<string>();
  #nextId = 0;

  /** A tensor that the caller feeds at every run. */
  input(name: string, shape: readonly number[], dtype: DType = "float"): Value {
    if (this.inputs.has(name)) throw new GraphError(`input "${name}" is declared twice`);
    const value = this.#value({ shape, dtype });
    this.inputs.set(name, value);
    return value;
  }

  constant(data: Float32Array, shape: readonly number[]): Value {
    if (data.length !== sizeOf(shape)) throw new GraphError(`constant: ${data.length} numbers for shape [${shape}]`);
    const value = this.#value({ shape, dtype: "float" });
    this.constants.set(value, data);
    return value;
  }

  /** Makes a value available to the caller under a name. */
  output(name: string, value: Value): void {
    if (this.outputs.has(name)) throw new GraphError(`output "${name}" is declared twice`);
    this.outputs.set(name, value);
  }

  /** Adds one operator. @returns all its outputs @throws GraphError when the operands don't fit */
  apply<Name extends OperatorName>(operator: Name, inputs: readonly Value[], attributes: Operators[Name]): Value[] {
    const outputs = outputTypes(operator, inputs, attributes).map((type) => this.#value(type));
    this.nodes.push({ operator, inputs, outputs, attributes } as unknown as Node);
    return outputs;
  }

  add = (a: Value, b: Value): Value => this.#one("add", [a, b], {});
  subtract = (a: Value, b: Value): Value => this.#one("subtract", [a, b], {});
  multiply = (a: Value, b: Value): Value => this.#one("multiply", [a, b], {});
  scale = (x: Value, factor: number): Value => this.#one("scale", [x], { factor });
  sigmoid = (x: Value): Value => this.#one("sigmoid", [x], {});
  tanh = (x: Value): Value => this.#one("tanh", [x], {});
  softmax = (x: Value): Value => this.#one("softmax", [x], {});

  matmul(a: Value, b: Value, options: Partial<Operators["matmul"]> = {}): Value {
    return this.#one("matmul", [a, b], { transposeA: false, transposeB: false, alpha: 1, ...options });
  }

  reshape(x: Value, shape: readonly number[]): Value {
    return `${shape}` === `${x.shape}` ? x : this.#one("reshape", [x], { shape });
  }

  transpose = (x: Value, permutation: readonly number[]): Value => this.#one("transpose", [x], { permutation });
  sum = (x: Value, axes: readonly number[], keep: boolean): Value => this.#one("sum", [x], { axes, keep });
  concat = (values: readonly Value[], axis: number): Value => this.#one("concat", values, { axis });

  slice(x: Value, axis: number, start: number, end: number): Value {
    return this.#one("slice", [x], { axis, start, end });
  }

  gatherRows = (table: Value, index: Value): Value => this.#one("gatherRows", [table, index], {});

  scatterAddRows(values: Value, index: Value, rows: number): Value {
    return this.#one("scatterAddRows", [values, index], { rows });
  }

  rmsNorm = (x: Value, weight: Value, epsilon: number): Value => this.#one("rmsNorm", [x, weight], { epsilon });

  rope(x: Value, positions: Value, cos: Value, sin: Value, inverse = false): Value {
    return this.#one("rope", [x, positions, cos, sin], { inverse });
  }

  tokenLogProb = (logits: Value, targets: Value): Value => this.#one("tokenLogProb", [logits, targets], {});

  causalSegmentMask(segments: Value, options: Operators["causalSegmentMask"] = {}): Value {
    return this.#one("causalSegmentMask", [segments], options);
  }

  /** A scalar constant that broadcasts against anything. */
  scalar = (number: number): Value => this.constant(new Float32Array([number]), []);

  #one<Name extends OperatorName>(operator: Name, inputs: readonly Value[], attributes: Operators[Name]): Value {
    return this.apply(operator, inputs, attributes)[0] as Value;
  }

  #value({ shape, dtype }: TensorType): Value {
    return { id: this.#nextId++, shape, dtype };
  }
}
