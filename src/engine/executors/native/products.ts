import type { Node, Value } from "../../graph/graph.ts";
import { sizeOf } from "../../graph/operators.ts";
import type { Memory } from "./memory.ts";
import { type Buffer, type PackedLayout, placeOf, type Tensor, type View, type Word } from "./steps.ts";
import type { ProductSum } from "./sums.ts";
import { broadcastTo, fresh } from "./views.ts";

/** Products of so few rows are computed in float32 where their operands lie; tiles would be mostly empty. */
const fewRows = 4;
/** Of columns that a kernel's block has. */
const blockColumns = 32;
/** So deep may an operand be that is packed block by block, and so many bytes its packed partner have: the kernel's limits. */
const mostLooseDepth = 2048;
const cachedBytes = 2 ** 20;
/** From so many products on that want an operand packed, it is packed once for all. */
const manyProducts = 3;

/** An operand: rows (of A) or columns (of B), and the depth that is summed over. Strides in words. */
interface Matrix {
  view: View;
  rows: number;
  depth: number;
  rowStride: number;
  depthStride: number;
  frozen: boolean;
}

/** Plans matrix products. Tiles of an operand are made once and shared. */
export class Products {
  readonly #memory: Memory;
  readonly #packed = new Map<string, View>();
  readonly #numbers = new Map<Buffer, number>();
  /** How many products want an operand in one form. */
  readonly #wanted = new Map<string, number>();

  constructor(memory: Memory, products: readonly Node<"matmul">[]) {
    this.#memory = memory;
    for (const key of products.flatMap(formsOf)) this.#wanted.set(key, (this.#wanted.get(key) ?? 0) + 1);
  }

  /** Two-dimensional products and what is added to them, in one pass over the result. */
  sum(out: Value, { products, base }: ProductSum): void {
    const [rows, columns] = out.shape as [number, number];
    const [only, ...others] = products;
    const isOnly = others.length === 0;
    const terms = products.flatMap((product) => this.#term(product, rows, columns, isOnly));
    const baseView = base && this.#memory.need(base);
    const usable = baseView?.strides.at(-1) === 1 ? baseView : baseView && this.#memory.contiguous(baseView);
    const c = this.#memory.result(out);
    const isRow = usable?.shape.length !== 2 || usable.shape[0] === 1;
    const baseRow = isRow ? 0 : (usable.strides[0] as number);
    const alpha = isOnly ? (only as Node<"matmul">).attributes.alpha : 1;
    const target = [
      tensor(c, []),
      c.strides[0] as number,
      Number(usable !== undefined),
      tensor(usable ?? c, []),
      baseRow,
    ];
    const body = [rows, columns, products.length, ...terms, ...target, alpha];
    this.#memory.steps.push({ kind: "product", axes: [], body, writes: [c.buffer] });
  }

  /** A product over leading axes. */
  repeated(node: Node<"matmul">): void {
    const [a, b] = this.#matrices(node);
    const out = this.#memory.result(node.outputs[0] as Value);
    const axes = out.shape.slice(0, -2);
    const [rows, columns] = out.shape.slice(-2) as [number, number];
    const cRow = out.strides.at(-2) as number;
    const { alpha } = node.attributes;
    const over = (view: View, own: number): Tensor => {
      const lead = { ...view, shape: view.shape.slice(0, -own), strides: view.strides.slice(0, -own) };
      return tensor(view, broadcastTo(lead, axes).strides);
    };
    const writes = [out.buffer];
    if (rows <= fewRows && a.depthStride === 1) {
      const operands = [over(a.view, 2), a.rowStride, over(b.view, 2), b.depthStride, b.rowStride, over(out, 2), cRow];
      const body = [rows, columns, a.depth, ...operands, alpha];
      this.#memory.steps.push({ kind: "smallProduct", axes, body, writes });
      return;
    }
    const [left, right] = [this.#pack(a, false, 1), this.#pack(b, true, 1)].map((packed) => over(packed, 1));
    const term = [...packedOperand(left as Tensor), ...packedOperand(right as Tensor), a.depth];
    const body = [rows, columns, 1, ...term, over(out, 2), cRow, 0, over(out, 2), 0, alpha];
    this.#memory.steps.push({ kind: "product", axes, body, writes });
  }

  #term(product: Node<"matmul">, rows: number, columns: number, isOnly: boolean): Word[] {
    const { alpha } = product.attributes;
    const [a, b] = this.#matrices(product);
    // A sum has no factor of its own for each product: it goes into the smaller operand.
    const scaleA = !a.frozen && (b.frozen || sizeOf(a.view.shape) < sizeOf(b.view.shape));
    const [forA, forB] = isOnly ? [1, 1] : scaleA ? [alpha, 1] : [1, alpha];
    const [formA, formB] = formsOf(product);
    const looseA = columns <= blockColumns && this.#isLoose(a, formA);
    const looseB = !looseA && a.depth * rows * 2 <= cachedBytes && this.#isLoose(b, formB);
    return [
      ...(looseA ? looseOperand(a, forA) : packedOperand(tensor(this.#pack(a, false, forA), []))),
      ...(looseB ? looseOperand(b, forB) : packedOperand(tensor(this.#pack(b, true, forB), []))),
      a.depth,
    ];
  }

  /** Whether a product packs this operand as it goes along: few others want it, and a block's part is small. */
  #isLoose({ depth, frozen }: Matrix, form: string): boolean {
    return !frozen && depth <= mostLooseDepth && (this.#wanted.get(form) ?? 0) < manyProducts;
  }

  #matrices({ inputs, attributes }: Node<"matmul">): [Matrix, Matrix] {
    const [a, b] = inputs.map((value) => this.#memory.need(value)) as [View, View];
    return [this.#matrix(a, attributes.transposeA), this.#matrix(b, !attributes.transposeB)];
  }

  /** One of rows and depth must lie side by side. */
  #matrix(view: View, depthFirst: boolean): Matrix {
    const usable = view.strides.slice(-2).includes(1) ? view : this.#memory.contiguous(view);
    const lastTwo = (list: readonly number[]): [number, number] => {
      const [first, second] = list.slice(-2) as [number, number];
      return depthFirst ? [second, first] : [first, second];
    };
    const [rows, depth] = lastTwo(usable.shape);
    const [rowStride, depthStride] = lastTwo(usable.strides);
    const { home } = usable.buffer;
    const frozen = home.kind === "input" && this.#memory.frozen.has(home.name);
    return { view: usable, rows, depth, rowStride, depthStride, frozen };
  }

  #pack({ view, rows, depth, rowStride, depthStride, frozen }: Matrix, forB: boolean, scale: number): View {
    const layout: PackedLayout = { forB, rows, depth, offset: view.offset, rowStride, depthStride };
    const axes = view.shape.slice(0, -2);
    const number = this.#numbers.get(view.buffer) ?? this.#numbers.size;
    this.#numbers.set(view.buffer, number);
    const key = `${number} ${Object.values(layout)} ${scale} ${axes} ${view.strides}`;
    const known = this.#packed.get(key);
    if (known) return known;
    const { home } = view.buffer;
    const isKept = frozen && scale === 1 && axes.length === 0 && home.kind === "input";
    const shape = [...axes, tileWords * Math.ceil(rows / 16) * Math.ceil(depth / 32)];
    const packed = fresh(shape, isKept ? { kind: "packed", input: home.name, layout } : { kind: "arena" });
    this.#packed.set(key, packed);
    if (isKept) return packed;
    const source = tensor(view, view.strides.slice(0, -2));
    const target = tensor(packed, packed.strides.slice(0, -1));
    const body = [Number(forB), rows, depth, source, rowStride, depthStride, scale, target];
    this.#memory.steps.push({ kind: "pack", axes, body, writes: [packed.buffer] });
    return packed;
  }
}

/** Words of a tile: 16 rows by 32 steps of depth in bfloat16. */
const tileWords = 256;

/** Names the two forms in which a product wants its operands. */
function formsOf({ inputs, attributes }: Node<"matmul">): [string, string] {
  const [a, b] = inputs as [Value, Value];
  return [`${a.id} a ${attributes.transposeA}`, `${b.id} b ${attributes.transposeB}`];
}

const tensor = (view: View, strides: readonly number[]): Tensor => ({ ...placeOf(view), strides });
const packedOperand = (packed: Tensor): Word[] => [packed, 0, 0, 0, 1];
const looseOperand = ({ view, rowStride, depthStride }: Matrix, scale: number): Word[] => [
  tensor(view, []),
  1,
  rowStride,
  depthStride,
  scale,
];
