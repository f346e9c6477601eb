import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../util/errors.ts";
import { hubHome, hubSetting } from "./hubCache.ts";

/**
 * The access token: the one given, else HF_TOKEN, else the file that `hf auth login` writes (HF_TOKEN_PATH). Without
 * one, public models can be fetched.
 *
 * @throws UserError when it cannot be a token; the message doesn't hold it
 */
export function hubToken(given?: string): string | undefined {
  const [token, from] = given === undefined ? implicitToken() : [given, "the token given"];
  const text = token?.trim();
  if (text === undefined || text === "") return undefined;
  // An HTTP header takes no others, and what refuses them would print them.
  if (/^[\x21-\x7e]+$/.test(text)) return text;
  throw new UserError(`${from}: expected an access token, printable characters without spaces, got something else`);
}

function implicitToken(): [string | undefined, string] {
  if (["1", "true", "yes", "on"].includes(hubSetting("HF_HUB_DISABLE_IMPLICIT_TOKEN")?.toLowerCase() ?? "")) {
    return [undefined, ""];
  }
  for (const name of ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"]) {
    const token = hubSetting(name);
    if (token !== undefined) return [token, name];
  }
  const path = hubSetting("HF_TOKEN_PATH") ?? join(hubHome(), "token");
  return [existsSync(path) ? readFileSync(path, "utf8") : undefined, path];
}
