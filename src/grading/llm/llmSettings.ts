import { UserError } from "../../util/errors.ts";

/** Where an LLM answers, and as whom it is asked. */
export interface LlmSettings {
  /** Address of an OpenAI-compatible API, e.g. `http://localhost:8000/v1`. @default the one of OpenAI */
  baseUrl?: string | undefined;
  apiKey: string;
  /** The model to ask where a request names none. */
  model?: string | undefined;
  /** Price of a million tokens, read and written, in whatever currency. */
  prices?: { input: number; output: number } | undefined;
}

/** Environment variables, for help texts. */
export const llmVariables = {
  INOCULATE_LLM_BASE_URL: "address of an OpenAI-compatible API (default: OpenAI's)",
  INOCULATE_LLM_API_KEY: "its key; sent to that address and nowhere else (default for OpenAI's own: OPENAI_API_KEY)",
  INOCULATE_LLM_MODEL: "the model that drafts, and judges where INOCULATE_JUDGE_MODEL is not set",
  INOCULATE_JUDGE_MODEL: "the model that judges replies",
  INOCULATE_LLM_PRICES: "price of a million tokens, read and written, e.g. 0.15/0.6, to count costs",
} as const;

type Environment = Readonly<Record<string, string | undefined>>;

/** The environment's settings. @throws UserError naming the variable that is missing or cannot be; no message holds the key */
export function llmSettings(environment: Environment = process.env): LlmSettings {
  const setting = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const baseUrl = setting("INOCULATE_LLM_BASE_URL");
  if (baseUrl !== undefined) expectAddress(baseUrl);
  // A key for OpenAI goes to nobody else.
  const own = setting("INOCULATE_LLM_API_KEY") !== undefined || baseUrl !== undefined;
  const from = own ? "INOCULATE_LLM_API_KEY" : "OPENAI_API_KEY";
  const apiKey = setting(from);
  if (apiKey === undefined) {
    throw new UserError(
      "an LLM is needed: set INOCULATE_LLM_API_KEY to its key (OPENAI_API_KEY will do for OpenAI's), any word for a server that wants none; INOCULATE_LLM_BASE_URL names another server than OpenAI's",
    );
  }
  // An HTTP header takes no others, and what refuses them would print them.
  if (!/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new UserError(`${from}: expected a key, printable characters without spaces, got something else`);
  }
  return { baseUrl, apiKey, model: setting("INOCULATE_LLM_MODEL"), prices: pricesOf(setting("INOCULATE_LLM_PRICES")) };
}

/** The model that judges; `undefined` where none is set. Needs no key. */
export function judgeModel(environment: Environment = process.env): string | undefined {
  return environment.INOCULATE_JUDGE_MODEL?.trim() || environment.INOCULATE_LLM_MODEL?.trim() || undefined;
}

function expectAddress(text: string): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "" && url.search === "") return;
  throw new UserError(
    "INOCULATE_LLM_BASE_URL: expected an address like https://host/v1, without a user name, password or query in it",
  );
}

function pricesOf(text: string | undefined): LlmSettings["prices"] {
  if (text === undefined) return undefined;
  const parts = /^(\d+(?:\.\d+)?)\s*\/\s*(\d+(?:\.\d+)?)$/.exec(text);
  if (parts) return { input: Number(parts[1]), output: Number(parts[2]) };
  throw new UserError(`INOCULATE_LLM_PRICES: expected two prices of a million tokens like 0.15/0.6, got "${text}"`);
}
