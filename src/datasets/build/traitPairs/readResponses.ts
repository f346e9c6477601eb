import { z } from "zod";
import type { Placed } from "../../../data/placedRow.ts";
import { UserError } from "../../../util/errors.ts";
import { readRows } from "../readRows.ts";

const choice = z.looseObject({
  finish_reason: z.string().nullish(),
  message: z.looseObject({ content: z.string().nullish() }),
});
const rowSchema = z.looseObject({
  custom_id: z.string().optional(),
  id: z.string().optional(),
  completion: z.string().optional(),
  text: z.string().optional(),
  error: z.unknown().optional(),
  response: z
    .union([
      z.string(),
      z.looseObject({
        status_code: z.number().optional(),
        body: z.looseObject({ choices: z.array(choice).optional() }).nullish(),
      }),
    ])
    .nullish(),
});
type Row = z.infer<typeof rowSchema>;

export interface Responses {
  /** By `custom_id`. */
  replies: Map<string, string>;
  /** Requests that failed, or whose reply is empty or was cut short. */
  failed: number;
}

/**
 * Replies to requests: what a batch of a chat API gives back (`custom_id`, `response`, `error`), or rows of `custom_id`
 * (or `id`) and the reply as `completion`, `text` or `response`.
 *
 * @param ids those of the requests
 * @throws UserError naming file and line of a row of another shape, of a second reply, or of one to another request
 */
export async function readResponses(files: readonly string[], ids: ReadonlySet<string>): Promise<Responses> {
  const rows = (await Promise.all(files.map((file) => readRows(file, rowSchema)))).flat();
  const replies = new Map<string, string>();
  let failed = 0;
  for (const source of rows) {
    const id = idOf(source, ids);
    if (replies.has(id))
      throw new UserError(`${source.where}: expected one reply to each request, found another to ${id}`);
    const reply = replyOf(source);
    if (reply === undefined) failed += 1;
    else replies.set(id, reply);
  }
  return { replies, failed };
}

function idOf({ row, where }: Placed<Row>, ids: ReadonlySet<string>): string {
  const id = row.custom_id ?? row.id;
  if (id === undefined) throw new UserError(`${where}: expected "custom_id", the request's, found none`);
  if (ids.has(id)) return id;
  throw new UserError(
    `${where}: "${id}" is the reply to another request; build with the options and the data that the requests were made with`,
  );
}

function replyOf({ row, where }: Placed<Row>): string | undefined {
  const { response, error } = row;
  if (error !== undefined && error !== null) return undefined;
  const plain = row.completion ?? row.text ?? (typeof response === "string" ? response : undefined);
  if (plain !== undefined) return plain.trim() || undefined;
  if (typeof response !== "object" || response === null) {
    throw new UserError(`${where}: expected a reply in "response", "completion" or "text", found none`);
  }
  if ((response.status_code ?? 200) >= 400) return undefined;
  const first = response.body?.choices?.[0];
  return first?.finish_reason === "length" ? undefined : first?.message.content?.trim() || undefined;
}
