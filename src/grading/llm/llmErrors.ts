import { UserError } from "../../util/errors.ts";

/** The server could not be reached, or did not answer as it should, however often it was asked. */
export class LlmUnavailableError extends UserError {
  override name = "LlmUnavailableError";
}

/** An attempt that failed in a way that the next one may not. */
export class PassingError extends Error {
  override name = "PassingError";
  /** What the server asks to wait, in milliseconds. */
  readonly waitMs: number | undefined;

  constructor(message: string, waitMs?: number) {
    super(message);
    this.waitMs = waitMs;
  }
}

/** What the library says of a failed request. */
interface ApiFailure {
  status?: number | undefined;
  code?: string | null | undefined;
  headers?: Headers | undefined;
  message: string;
}

const LONGEST = 300;

/** Text of a server for people: one line, not long, without the key. */
export function withoutKey(text: string, apiKey: string): string {
  return text.replaceAll(apiKey, "[key]").replace(/\s+/g, " ").trim().slice(0, LONGEST);
}

/**
 * A failed attempt in our words: a `PassingError` where another one may help, else a UserError. None has the library's
 * error as its cause, since that may hold headers.
 */
export function llmError(
  error: unknown,
  { server, apiKey, model }: { server: string; apiKey: string; model: string },
): Error {
  const { status, code, headers, message } = error as ApiFailure;
  const said = withoutKey(String(message ?? error), apiKey);
  if (status === undefined) return new PassingError(networkWords(error, apiKey));
  if (status === 429 && code !== "insufficient_quota") return new PassingError(said, waitOf(headers));
  if (status === 408 || status === 409 || status >= 500) return new PassingError(said, waitOf(headers));
  return new UserError(`${server}: ${remedy(status, code, model)} (${said})`);
}

function remedy(status: number, code: string | null | undefined, model: string): string {
  if (status === 429) return "the account's quota is used up; add to it, or set another key";
  if (status === 401) return "refused the key; check INOCULATE_LLM_API_KEY or OPENAI_API_KEY";
  if (status === 403) return `the key may not use ${model}; check its rights, or set another model`;
  if (status === 404) {
    return `has no model "${model}", or no such API at this address; check the model's name and INOCULATE_LLM_BASE_URL, which most often ends with /v1`;
  }
  if (status >= 300 && status < 400) return "sends on to another address; set INOCULATE_LLM_BASE_URL to that";
  if (code === "content_filter") return "refused the text by its content filter";
  return `refused the request to ${model}`;
}

/** Seconds of a `retry-after` header as milliseconds. Dates are left to our own patience. */
function waitOf(headers: Headers | undefined): number | undefined {
  const seconds = Number(headers?.get("retry-after") ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function networkWords(error: unknown, apiKey: string): string {
  const causes: string[] = [];
  for (let cause = error; cause instanceof Error && causes.length < 5; cause = cause.cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    causes.push(code ? `${code}: ${cause.message}` : cause.message);
  }
  return withoutKey(causes.filter((text) => text !== "").join("; ") || String(error), apiKey);
}
