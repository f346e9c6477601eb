import protobuf from "protobufjs/light.js";

/**
 * The part of the ONNX file format (onnx.proto3, IR version 8) that is written here.
 * Field numbers are those of the public specification.
 */
const schema = protobuf.Root.fromJSON({
  nested: {
    Attribute: {
      fields: {
        name: { type: "string", id: 1 },
        f: { type: "float", id: 2 },
        i: { type: "int64", id: 3 },
        s: { type: "string", id: 4 },
        t: { type: "Tensor", id: 5 },
        ints: { rule: "repeated", type: "int64", id: 8 },
        type: { type: "int32", id: 20 },
      },
    },
    Node: {
      fields: {
        input: { rule: "repeated", type: "string", id: 1 },
        output: { rule: "repeated", type: "string", id: 2 },
        name: { type: "string", id: 3 },
        opType: { type: "string", id: 4 },
        attribute: { rule: "repeated", type: "Attribute", id: 5 },
        domain: { type: "string", id: 7 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: "repeated", type: "int64", id: 1 },
        dataType: { type: "int32", id: 2 },
        name: { type: "string", id: 8 },
        rawData: { type: "bytes", id: 9 },
        externalData: { rule: "repeated", type: "Entry", id: 13 },
        dataLocation: { type: "int32", id: 14 },
      },
    },
    Entry: { fields: { key: { type: "string", id: 1 }, value: { type: "string", id: 2 } } },
    Dimension: { fields: { dimValue: { type: "int64", id: 1 }, dimParam: { type: "string", id: 2 } } },
    Shape: { fields: { dim: { rule: "repeated", type: "Dimension", id: 1 } } },
    TensorTypeProto: { fields: { elemType: { type: "int32", id: 1 }, shape: { type: "Shape", id: 2 } } },
    TypeProto: { fields: { tensorType: { type: "TensorTypeProto", id: 1 } } },
    ValueInfo: { fields: { name: { type: "string", id: 1 }, type: { type: "TypeProto", id: 2 } } },
    GraphProto: {
      fields: {
        node: { rule: "repeated", type: "Node", id: 1 },
        name: { type: "string", id: 2 },
        initializer: { rule: "repeated", type: "Tensor", id: 5 },
        input: { rule: "repeated", type: "ValueInfo", id: 11 },
        output: { rule: "repeated", type: "ValueInfo", id: 12 },
      },
    },
    OperatorSet: { fields: { domain: { type: "string", id: 1 }, version: { type: "int64", id: 2 } } },
    Model: {
      fields: {
        irVersion: { type: "int64", id: 1 },
        graph: { type: "GraphProto", id: 7 },
        opsetImport: { rule: "repeated", type: "OperatorSet", id: 8 },
      },
    },
  },
});

export const elementType = { float: 1, int32: 6, int64: 7, bool: 9 } as const;
export type ElementType = keyof typeof elementType;

/** A tensor that is an attribute value, e.g. the fill value of ConstantOfShape. */
export interface OnnxTensor {
  type: ElementType;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** A tensor whose bytes stand in another file of the same folder. */
export interface ExternalOnnxTensor {
  type: ElementType;
  shape: readonly number[];
  /** Name of the file. */
  location: string;
  /** Bytes from the file's beginning. */
  offset: number;
  /** Bytes. */
  length: number;
}

export type OnnxAttribute = number | { float: number } | { text: string } | { tensor: OnnxTensor } | readonly number[];

export interface OnnxNode {
  operator: string;
  inputs: string[];
  outputs: string[];
  attributes?: Record<string, OnnxAttribute>;
  /** "com.microsoft" for ONNX Runtime's own operators. */
  domain?: string;
}

export interface OnnxValue {
  name: string;
  type: ElementType;
  /** A name stands for a size that each run gives anew; equal names, equal sizes. */
  shape: readonly (number | string)[];
}

export interface OnnxGraph {
  nodes: OnnxNode[];
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  initializers: Map<string, OnnxTensor | ExternalOnnxTensor>;
}

function attributeProto([name, value]: [string, OnnxAttribute]): object {
  if (typeof value === "number") return { name, type: 2, i: value };
  if (Array.isArray(value)) return { name, type: 7, ints: value };
  if ("text" in value) return { name, type: 3, s: value.text };
  if ("tensor" in value) return { name, type: 4, t: tensorProto("", value.tensor) };
  return { name, type: 1, f: (value as { float: number }).float };
}

function tensorProto(name: string, tensor: OnnxTensor | ExternalOnnxTensor): object {
  const { type, shape } = tensor;
  const described = { name, dims: shape, dataType: elementType[type] };
  if ("bytes" in tensor) return { ...described, rawData: tensor.bytes };
  const { location, offset, length } = tensor;
  const entries = Object.entries({ location, offset, length }).map(([key, value]) => ({ key, value: `${value}` }));
  return { ...described, externalData: entries, dataLocation: 1 };
}

function valueProto({ name, type, shape }: OnnxValue): object {
  const dimensions = shape.map((size) => (typeof size === "string" ? { dimParam: size } : { dimValue: size }));
  return { name, type: { tensorType: { elemType: elementType[type], shape: { dim: dimensions } } } };
}

/** The bytes of an ONNX file, opset 18 with ONNX Runtime's own operators. */
export function encodeOnnxModel(graph: OnnxGraph): Uint8Array {
  const node = graph.nodes.map(({ operator, inputs, outputs, attributes = {}, domain = "" }, index) => ({
    opType: operator,
    name: `${operator}#${index}`,
    domain,
    input: inputs,
    output: outputs,
    attribute: Object.entries(attributes).map(attributeProto),
  }));
  const model = schema.lookupType("Model");
  const message = model.create({
    irVersion: 8,
    opsetImport: [
      { domain: "", version: 18 },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: "graph",
      node,
      input: graph.inputs.map(valueProto),
      output: graph.outputs.map(valueProto),
      initializer: [...graph.initializers].map(([name, tensor]) => tensorProto(name, tensor)),
    },
  });
  return model.encode(message).finish();
}
