import { namedParts, type SchemaPart, schemaPart } from "../../data/schemaKeys.ts";
import { planSchema } from "./planSchema.ts";

/** Every key of a plan with what it means, as indented lines. */
export function planHelp(): string[] {
  return keyLines(schemaPart(planSchema), 1);
}

function keyLines(part: SchemaPart, depth: number): string[] {
  const indent = "  ".repeat(depth);
  return Object.entries(part.properties ?? {}).flatMap(([name, field]) => {
    const choices = field.enum ?? field.items?.enum;
    const meaning = [choices?.join(" | "), field.description].filter(Boolean).join("; ");
    const inner = field.properties ? field : (field.items ?? namedParts(field) ?? {});
    return [`${indent}${name}: ${meaning}`.trimEnd(), ...keyLines(inner, depth + 1)];
  });
}
