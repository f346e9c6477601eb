import { hash } from "node:crypto";

/** 96 bits of a text's SHA-256: equal for equal texts alone, as far as files can be large. */
export function digest(text: string): string {
  return hash("sha256", text, "base64url").slice(0, 16);
}
