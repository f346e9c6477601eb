import { InoculateError, InterruptedError, UserError } from "../util/errors.ts";
import type { HubClient } from "./hubClient.ts";
import type { HubId } from "./hubId.ts";

/** The hub, or a server that it sent us to, answered without success. */
export class HubRefusal extends InoculateError {
  override name = "HubRefusal";
  readonly status: number;
  /** The hub's own word, e.g. `GatedRepo`; `null` if it gave none. */
  readonly code: string | null;
  /** Not the hub itself but a server with the files answered; its signed addresses run out. */
  readonly elsewhere: boolean;

  private constructor(status: number, code: string | null, elsewhere: boolean, message: string) {
    super(message);
    this.status = status;
    this.code = code;
    this.elsewhere = elsewhere;
  }

  /** @param token is taken out of what the server says */
  static async of(response: Response, origin: string, token: string | undefined): Promise<HubRefusal> {
    await response.body?.cancel();
    const said = response.headers.get("x-error-message") ?? response.statusText;
    const message = token === undefined ? said : said.replaceAll(token, "[token]");
    const elsewhere = response.url !== "" && new URL(response.url).origin !== origin;
    return new HubRefusal(response.status, response.headers.get("x-error-code"), elsewhere, message.slice(0, 300));
  }
}

/** A connection that broke, or a server that asks for patience: the same request may do later. */
export class TransientError extends InoculateError {
  override name = "TransientError";
}

/** Whether trying again may help. */
export function isTransient(error: unknown): boolean {
  if (error instanceof TransientError) return true;
  if (error instanceof HubRefusal) {
    return error.status >= 500 || [408, 416, 429].includes(error.status) || (error.elsewhere && error.status === 403);
  }
  return networkCode(error) !== undefined;
}

/** The system's word for a failed connection; `undefined` when the error is of another kind. */
function networkCode(error: unknown): string | undefined {
  if (!(error instanceof TypeError)) return undefined;
  if (error.message !== "fetch failed" && error.message !== "terminated") return undefined;
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } };
  return String(cause?.code ?? cause?.message ?? error.message);
}

/** A failed request in words for the user; other errors come back as they are. */
export function hubError(error: unknown, { name, revision }: HubId, hub: HubClient, signal?: AbortSignal): unknown {
  if (signal?.aborted) return new InterruptedError("the download was stopped");
  if (error instanceof HubRefusal) return new UserError(refusalText(error, { name, revision }, hub), { cause: error });
  const code = networkCode(error) ?? (error instanceof TransientError ? error.message : undefined);
  if (code === undefined) return error;
  return new UserError(
    `cannot reach ${hub.endpoint} (${code}): check the connection and repeat the command, which continues where it was; ` +
      "HF_ENDPOINT names a mirror; without a network, use a folder that holds the model in place of its name",
    { cause: error },
  );
}

function refusalText({ status, code, message }: HubRefusal, { name, revision }: HubId, hub: HubClient): string {
  const page = `${hub.endpoint}/${name}`;
  const setToken = `set HF_TOKEN to a token of that account (${hub.endpoint}/settings/tokens)`;
  const said = message === "" ? "" : `: ${message}`;
  if (code === "GatedRepo") {
    const there = hub.hasToken ? `; the token in use has no access yet: ask with its account, or ${setToken}` : "";
    return `${name} is gated (${status}): accept its terms on ${page}${there || `, then ${setToken}`}`;
  }
  if (code === "RevisionNotFound") return `${name} has no revision "${revision}" on ${hub.endpoint}; see ${page}`;
  if (code === "EntryNotFound") return `${name} lacks a file that it lists (${status})${said}; see ${page}`;
  if (code === "RepoNotFound" || status === 404 || (status === 401 && !hub.hasToken)) {
    const remedy = hub.hasToken
      ? "if it is private, use a token that may read it"
      : "if it is private, set HF_TOKEN to a token that may read it";
    return `there is no model "${name}" on ${hub.endpoint} (${status}): check the spelling; ${remedy}`;
  }
  if (status === 401) return `${hub.endpoint} refused the token (401)${said}; make a new one, or go without`;
  if (status === 403) return `the token may not read ${name} (403)${said}; give it the right to, or ${setToken}`;
  if (status === 429) return `${hub.endpoint} has had too many requests (429); wait some minutes, or set HF_TOKEN`;
  return `${hub.endpoint} failed (${status})${said}; repeat the command later`;
}
