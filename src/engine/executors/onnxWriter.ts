import type { Graph, Node, Value } from "../graph/graph.ts";
import type { OperatorName } from "../graph/operators.ts";
import { OnnxBuilder } from "./onnxBuilder.ts";

/** Writes one graph of ours, whose values it names. */
export class OnnxWriter extends OnnxBuilder {
  readonly #names = new Map<Value, string>();
  readonly #wide = new Map<Value, string>();
  readonly #used: ReadonlySet<Value>;

  constructor(source: Graph) {
    super();
    this.#used = new Set([...source.outputs.values(), ...source.nodes.flatMap(({ inputs }) => inputs)]);
  }

  /** Whether some node or the caller wants the value: what an operator yields besides its result is often left. */
  isUsed(value: Value): boolean {
    return this.#used.has(value);
  }

  nameOf(value: Value): string {
    return this.#names.get(value) ?? this.#rename(value, `v${value.id}`);
  }

  #rename(value: Value, name: string): string {
    this.#names.set(value, name);
    return name;
  }

  declareInput(name: string, value: Value): void {
    this.#rename(value, name);
    this.graph.inputs.push({ name, type: value.dtype === "int" ? "int32" : "float", shape: value.shape });
  }

  declareOutput(name: string, value: Value): void {
    this.node("Identity", [this.nameOf(value)], [name]);
    this.graph.outputs.push({ name, type: "float", shape: value.shape });
  }

  /** The int64 twin of an int value. */
  wide(value: Value): string {
    const known = this.#wide.get(value);
    if (known) return known;
    const name = this.node("Cast", [this.nameOf(value)], undefined, { to: 7 });
    this.#wide.set(value, name);
    return name;
  }

  /** out = alpha * op(a) @ op(b) + base, in two dimensions. */
  gemm({ inputs, attributes }: Node<"matmul">, base: Value | undefined, out: Value): void {
    const operands = [...inputs, ...(base ? [base] : [])].map((value) => this.nameOf(value));
    this.node("Gemm", operands, [this.nameOf(out)], {
      transA: Number(attributes.transposeA),
      transB: Number(attributes.transposeB),
      alpha: { float: attributes.alpha },
    });
  }
}

/** Writes one operator of the graph language as ONNX nodes. */
export type Lowering<Name extends OperatorName> = (writer: OnnxWriter, node: Node<Name>) => void;

export type Lowerings = { [Name in OperatorName]: Lowering<Name> };

/** The ONNX names of a node's inputs. */
export const inNames = (writer: OnnxWriter, node: Node): string[] => node.inputs.map((value) => writer.nameOf(value));

/** The ONNX names of a node's outputs. */
export const outNames = (writer: OnnxWriter, node: Node): string[] => node.outputs.map((value) => writer.nameOf(value));
