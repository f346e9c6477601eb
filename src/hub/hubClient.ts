import { UserError } from "../util/errors.ts";
import { hubSetting } from "./hubCache.ts";
import { HubRefusal } from "./hubErrors.ts";

/** A hub, and how it is spoken to. */
export interface HubClient {
  /** Address without a slash at its end. */
  endpoint: string;
  /** Adds the token to requests to the hub itself, and to no other server. @throws HubRefusal when the answer is no success */
  fetch: typeof fetch;
  /** A token is sent. */
  hasToken: boolean;
}

/**
 * @param options `endpoint`: default HF_ENDPOINT, else the public hub
 * @throws UserError when the endpoint is no web address
 */
export async function createHubClient(options: {
  endpoint?: string | undefined;
  token?: string | undefined;
  signal?: AbortSignal | undefined;
}): Promise<HubClient> {
  const { HUB_URL } = await import("@huggingface/hub");
  const endpoint = (options.endpoint ?? hubSetting("HF_ENDPOINT") ?? HUB_URL).replace(/\/+$/, "");
  const { origin } = expectAddress(endpoint);
  const { token, signal } = options;
  const request: typeof fetch = async (input, init = {}) => {
    const headers = new Headers(init.headers);
    headers.set("user-agent", "inoculate");
    const url = new URL(input instanceof Request ? input.url : input);
    if (token !== undefined && url.origin === origin) headers.set("authorization", `Bearer ${token}`);
    const signals = [signal, init.signal].filter((each) => each != null);
    const response = await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
    if (!response.ok) throw await HubRefusal.of(response, origin, token);
    return response;
  };
  return { endpoint, fetch: request, hasToken: token !== undefined };
}

function expectAddress(endpoint: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "") return url;
  throw new UserError("HF_ENDPOINT: expected an address like https://host without a user name and password in it");
}
