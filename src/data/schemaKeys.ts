import { z } from "zod";

/** What JSON Schema says of one part of a file. */
export interface SchemaPart {
  type?: string;
  description?: string;
  enum?: string[];
  items?: SchemaPart;
  properties?: Record<string, SchemaPart>;
  additionalProperties?: SchemaPart | boolean;
  anyOf?: SchemaPart[];
}

export function schemaPart(schema: z.ZodType): SchemaPart {
  return z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }) as SchemaPart;
}

/** What stands under names that the file chooses. */
export function namedParts(part: SchemaPart | undefined): SchemaPart | undefined {
  return typeof part?.additionalProperties === "object" ? part.additionalProperties : undefined;
}

/** The keys that a file of this shape may have at a path, of all forms that stand there; empty where any name may stand. */
export function knownKeys(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let parts = formsOf(schemaPart(schema));
  for (const name of path) {
    parts = parts
      .flatMap((part) =>
        typeof name === "number" ? (part.items ?? part) : (part.properties?.[String(name)] ?? namedParts(part) ?? []),
      )
      .flatMap(formsOf);
  }
  return [...new Set(parts.flatMap((part) => Object.keys(part.properties ?? {})))];
}

const formsOf = (part: SchemaPart): SchemaPart[] => part.anyOf?.flatMap(formsOf) ?? [part];
