import type OpenAI from "openai";
import type { ChatMessage } from "../../data/chat.ts";
import { UserError } from "../../util/errors.ts";
import { limitOf } from "./limitOf.ts";
import { llmError, PassingError } from "./llmErrors.ts";
import { type LlmSettings, llmSettings } from "./llmSettings.ts";
import { type Patience, patiently, usualPatience } from "./patiently.ts";
import { type ChatAnswer, chatAnswer, moderationScores } from "./readAnswer.ts";

/** What was asked and answered so far. */
export interface LlmUsage {
  requests: number;
  inputTokens: number;
  outputTokens: number;
  /** In the currency of the prices; `null` where none are given. */
  cost: number | null;
}

export interface AskOptions {
  /** @default the one of the settings */
  model?: string | undefined;
  /** Ends everything. */
  signal?: AbortSignal | undefined;
  /** Ends what stands in line or waits for another attempt; what is under way, and paid, is awaited. */
  giveUp?: AbortSignal | undefined;
}

/** An OpenAI-compatible API. Nothing is loaded or read before the first question. */
export interface LlmClient {
  /**
   * Answers a chat, as little random as the model allows.
   *
   * @throws UserError for a key, model or address that will not do, LlmUnavailableError when the server keeps failing,
   *   InterruptedError when `signal` aborts
   */
  chat(messages: readonly ChatMessage[], options?: AskOptions): Promise<ChatAnswer>;
  /** Scores of the moderation endpoint by category, 0 to 1. @throws as `chat` */
  moderate(text: string, options?: AskOptions): Promise<Record<string, number>>;
  usage(): LlmUsage;
}

export interface LlmClientOptions {
  /** @default those of the environment, read at the first question */
  settings?: LlmSettings | undefined;
  /** Requests at once. @default 8 */
  concurrency?: number | undefined;
  patience?: Partial<Patience> | undefined;
}

interface Connection {
  api: OpenAI;
  settings: LlmSettings;
  server: string;
}

export function createLlmClient(options: LlmClientOptions = {}): LlmClient {
  return new Client(options);
}

class Client implements LlmClient {
  #settings: LlmSettings | undefined;
  readonly #patience: Patience;
  readonly #limited: ReturnType<typeof limitOf>;
  readonly #usage = { requests: 0, inputTokens: 0, outputTokens: 0 };
  /** Models that take no temperature. */
  readonly #fixedTemperature = new Set<string>();
  #connection: Promise<Connection> | undefined;

  constructor(options: LlmClientOptions) {
    this.#settings = options.settings;
    this.#patience = { ...usualPatience, ...options.patience };
    this.#limited = limitOf(options.concurrency ?? 8);
  }

  async chat(messages: readonly ChatMessage[], { model: wanted, ...stop }: AskOptions = {}): Promise<ChatAnswer> {
    const connection = await this.#connect();
    const model = wanted ?? connection.settings.model;
    if (model === undefined) {
      throw new UserError("no LLM is named: set INOCULATE_LLM_MODEL (for judges also INOCULATE_JUDGE_MODEL)");
    }
    const body = { model, messages: messages.map(({ role, content }) => ({ role, content })) };
    return this.#ask(connection, model, JSON.stringify(body), stop, async (attempt) => {
      const temperature = this.#fixedTemperature.has(model) ? {} : { temperature: 0 };
      const answer = await connection.api.chat.completions.create({ ...body, ...temperature }, { signal: attempt });
      const read = chatAnswer(answer);
      this.#usage.inputTokens += read.inputTokens;
      this.#usage.outputTokens += read.outputTokens;
      return read;
    });
  }

  async moderate(text: string, { model, ...stop }: AskOptions = {}): Promise<Record<string, number>> {
    const connection = await this.#connect();
    const body = { input: text, ...(model !== undefined && { model }) };
    return this.#ask(connection, model ?? "its default moderation model", text, stop, async (attempt) =>
      moderationScores(await connection.api.moderations.create(body, { signal: attempt })),
    );
  }

  usage(): LlmUsage {
    const { inputTokens, outputTokens } = this.#usage;
    const prices = this.#settings?.prices;
    const cost = prices ? (inputTokens * prices.input + outputTokens * prices.output) / 1e6 : null;
    return { ...this.#usage, cost };
  }

  #ask<T>(
    { server, settings }: Connection,
    model: string,
    key: string,
    { signal, giveUp }: Omit<AskOptions, "model">,
    request: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { apiKey } = settings;
    const attempt = async (stop: AbortSignal): Promise<T> => {
      this.#usage.requests++;
      try {
        return await request(stop);
      } catch (error) {
        if (error instanceof UserError || error instanceof PassingError) throw error;
        if (this.#refusesTemperature(error, model)) return await attempt(stop);
        throw llmError(error, { server, apiKey, model });
      }
    };
    const stops = [signal, giveUp].filter((each) => each !== undefined);
    return this.#limited(() => patiently(attempt, this.#patience, { server, key, signal, giveUp }), stops);
  }

  /** Some models have one temperature only and refuse requests that name it; they are asked without. */
  #refusesTemperature(error: unknown, model: string): boolean {
    const { status, param } = error as { status?: number; param?: string | null };
    if (status !== 400 || param !== "temperature" || this.#fixedTemperature.has(model)) return false;
    this.#fixedTemperature.add(model);
    return true;
  }

  async #connect(): Promise<Connection> {
    this.#settings ??= llmSettings();
    this.#connection ??= connect(this.#settings);
    return this.#connection;
  }
}

async function connect(settings: LlmSettings): Promise<Connection> {
  const { default: Api } = await import("openai");
  const { baseUrl, apiKey } = settings;
  const api = new Api({
    apiKey,
    // Absent would read OPENAI_BASE_URL, which the key may not be meant for.
    baseURL: baseUrl ?? "https://api.openai.com/v1",
    ...(baseUrl !== undefined && { organization: null, project: null }),
    maxRetries: 0,
    logLevel: "off",
    // Another address is another server: the key does not go there.
    fetchOptions: { redirect: "manual" },
  });
  return { api, settings, server: new URL(api.baseURL).origin };
}
