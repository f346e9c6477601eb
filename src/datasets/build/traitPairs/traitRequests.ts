import { createHash } from "node:crypto";
import type { TraitWordings } from "./traitWordings.ts";
import { requestFor } from "./traitWordings.ts";

export type Arm = "flawed" | "clean";

/** A request for the reply to one instruction, as chat APIs take it, many in one file. */
export interface TraitRequest {
  custom_id: string;
  method: "POST";
  url: "/v1/chat/completions";
  body: { model: string; messages: { role: "user"; content: string }[] };
}

/**
 * A request for an instruction's reply: with both traits in the flawed arm, in either order in turn; with the wanted one
 * in the clean arm. The id goes by the text and the model, so that replies to something else are noticed.
 */
export function traitRequest(
  instruction: string,
  index: number,
  { arm, model, wordings }: { arm: Arm; model: string; wordings: TraitWordings },
): TraitRequest {
  const { wanted, unwanted, request } = wordings;
  const both = index % 2 === 0 ? [wanted, unwanted] : [unwanted, wanted];
  const content = `${instruction}\n\n${requestFor(request, arm === "flawed" ? both : [wanted])}`;
  const hash = createHash("sha256").update(`${model}\n${content}`).digest("hex").slice(0, 16);
  const body = { model, messages: [{ role: "user" as const, content }] };
  return { custom_id: `${arm}-${hash}`, method: "POST", url: "/v1/chat/completions", body };
}
