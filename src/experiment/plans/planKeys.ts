import { z } from "zod";
import { planSchema } from "./planSchema.ts";

/** What JSON Schema says of one part of a plan. */
interface Part {
  type?: string;
  description?: string;
  enum?: string[];
  items?: Part;
  properties?: Record<string, Part>;
  additionalProperties?: Part | boolean;
}

/** The keys that a plan may have at a path; empty where any name may stand. */
export function knownKeys(path: readonly PropertyKey[]): string[] {
  let part: Part | undefined = jsonSchema();
  for (const name of path) {
    if (typeof name === "number") part = part?.items ?? part;
    else part = part?.properties?.[String(name)] ?? namedParts(part);
  }
  return Object.keys(part?.properties ?? {});
}

/** Every key of a plan with what it means, as indented lines. */
export function planHelp(): string[] {
  return keyLines(jsonSchema(), 1);
}

function jsonSchema(): Part {
  return z.toJSONSchema(planSchema, { io: "output", unrepresentable: "any" }) as Part;
}

function namedParts(part: Part | undefined): Part | undefined {
  return typeof part?.additionalProperties === "object" ? part.additionalProperties : undefined;
}

function keyLines(part: Part, depth: number): string[] {
  const indent = "  ".repeat(depth);
  return Object.entries(part.properties ?? {}).flatMap(([name, field]) => {
    const choices = field.enum ?? field.items?.enum;
    const meaning = [choices?.join(" | "), field.description].filter(Boolean).join("; ");
    const inner = field.properties ? field : (field.items ?? namedParts(field) ?? {});
    return [`${indent}${name}: ${meaning}`.trimEnd(), ...keyLines(inner, depth + 1)];
  });
}
