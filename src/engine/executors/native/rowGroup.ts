import type { Value } from "../../graph/graph.ts";
import type { View } from "./steps.ts";

/** The order is that of the table in native/rows.c. */
export const rowOperators = [
  "add",
  "subtract",
  "multiply",
  "scale",
  "sigmoid",
  "tanh",
  "softmax",
  "rowSum",
  "rmsNorm",
  "rope",
  "copy",
  "accumulate",
  "logProb",
  "oneHotMinus",
] as const;
export type RowOperator = (typeof rowOperators)[number];

/** Operators that combine numbers at the same place. */
export const elementwise = ["add", "subtract", "multiply", "scale", "sigmoid", "tanh"] as const;

/** Rows of a table that an int operand names. */
export interface Indexed {
  table: View;
  index: View;
}

/** A value of the group itself; memory, whose view has the group's leading axes and one more; rows of a table. */
export type RowOperand = Value | View | Indexed;

export interface RowOperation {
  operator: RowOperator;
  out: RowOperand;
  second?: Value;
  inputs: RowOperand[];
  /** Numbers of a row that it goes through; 1 where there is one a row. */
  length: number;
  constant?: number;
}

/** Operators over the same rows. A row passes through all of them before the next one is touched. */
export class RowGroup {
  readonly lead: readonly number[];
  readonly operations: RowOperation[] = [];
  /** Row-aligned results, with the numbers of a row. */
  readonly produced = new Map<Value, number>();
  /** How often the group itself reads each of them. */
  readonly readInside = new Map<Value, number>();
  /** What results are computed from, as far as it is values alone. */
  readonly sources = new Map<Value, readonly Value[]>();
  /** Results that are whole only after the last row. */
  readonly sums = new Set<Value>();

  constructor(lead: readonly number[]) {
    this.lead = lead;
  }

  push(operation: RowOperation): void {
    this.operations.push(operation);
    for (const out of [operation.out, operation.second])
      if (out && isValue(out)) this.produced.set(out, out.shape.at(-1) ?? 1);
    for (const input of operation.inputs)
      if (isValue(input)) this.readInside.set(input, (this.readInside.get(input) ?? 0) + 1);
  }
}

export const isValue = (operand: RowOperand): operand is Value => "id" in operand;
export const isIndexed = (operand: RowOperand): operand is Indexed => "table" in operand;
