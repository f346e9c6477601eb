import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { z } from "zod";

/** The key that the server knows. */
export const serverKey = "sk-test-0123456789abcdef";

/** Requests as the public specification of the two endpoints has them: required fields, types, roles. */
const text = z.union([z.string(), z.array(z.strictObject({ type: z.literal("text"), text: z.string() })).min(1)]);
const message = z.discriminatedUnion("role", [
  z.strictObject({ role: z.enum(["system"]), content: text, name: z.string().optional() }),
  z.strictObject({ role: z.enum(["user"]), content: text, name: z.string().optional() }),
  z.strictObject({ role: z.enum(["assistant"]), content: text, name: z.string().optional() }),
]);
const chatRequest = z.strictObject({
  model: z.string().min(1),
  messages: z.array(message).min(1),
  temperature: z.number().min(0).max(2).optional(),
  top_p: z.number().min(0).max(1).optional(),
  max_completion_tokens: z.int().min(1).optional(),
  seed: z.int().optional(),
  n: z.int().min(1).max(128).optional(),
  stream: z.literal(false).optional(),
});
const moderationRequest = z.strictObject({
  model: z.string().optional(),
  input: z.union([z.string(), z.array(z.string())]),
});

export type ChatRequest = z.infer<typeof chatRequest>;

/** Does something else than answering; calls happen in order, each takes the next one. */
export type Misbehavior = (response: ServerResponse, request: IncomingMessage) => void;

export interface LlmServer {
  baseUrl: string;
  chats: ChatRequest[];
  moderations: z.infer<typeof moderationRequest>[];
  /** Requests that the specification does not allow. */
  invalid: string[];
  /** Requests in all, and the most at once. */
  seen: number;
  mostAtOnce: number;
  /** Taken one after the other; `null` answers as it should. */
  misbehave: (Misbehavior | null)[];
}

export interface ServerOptions {
  answer?: (request: ChatRequest) => string | object;
  scores?: (input: string) => Record<string, number>;
  delayMs?: number;
}

/** An API of chat completions and moderations on this machine, which goes away with the test. */
export async function startLlmServer(options: ServerOptions = {}): Promise<LlmServer> {
  const server: LlmServer = {
    baseUrl: "",
    chats: [],
    moderations: [],
    invalid: [],
    seen: 0,
    mostAtOnce: 0,
    misbehave: [],
  };
  let open = 0;
  const http = createServer(async (request, response) => {
    server.seen++;
    open++;
    server.mostAtOnce = Math.max(server.mostAtOnce, open);
    response.on("close", () => open--);
    let body = "";
    for await (const chunk of request) body += chunk;
    const wrong = server.misbehave.shift();
    if (options.delayMs) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
    if (wrong) wrong(response, request);
    else respond(server, options, request, body, response);
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  server.baseUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/v1`;
  return server;
}

function respond(
  server: LlmServer,
  options: ServerOptions,
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
): void {
  if (request.headers.authorization !== `Bearer ${serverKey}`) {
    const message = `Incorrect API key: ${request.headers.authorization}`;
    fail(401, { message, code: "invalid_api_key" })(response, request);
  } else if (request.method === "POST" && request.url === "/v1/chat/completions") {
    answerChat(server, options, body, response);
  } else if (request.method === "POST" && request.url === "/v1/moderations") {
    answerModeration(server, options, body, response);
  } else {
    fail(404, { message: `no ${request.method} ${request.url}` })(response, request);
  }
}

function answerChat(server: LlmServer, options: ServerOptions, body: string, response: ServerResponse): void {
  const { data: chat, error } = chatRequest.safeParse(JSON.parse(body));
  if (error) {
    refuse(server, error, response);
    return;
  }
  server.chats.push(chat);
  const answer = options.answer?.(chat) ?? "7";
  respondWith(response, typeof answer === "string" ? completion(chat, answer) : answer);
}

function answerModeration(server: LlmServer, options: ServerOptions, body: string, response: ServerResponse): void {
  const { data: asked, error } = moderationRequest.safeParse(JSON.parse(body));
  if (error) {
    refuse(server, error, response);
    return;
  }
  server.moderations.push(asked);
  const scores = options.scores?.(String(asked.input)) ?? { harassment: 0.25, violence: 0 };
  const categories = Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, score > 0.5]));
  const result = { flagged: false, categories, category_scores: scores };
  respondWith(response, { id: "modr-1", model: asked.model ?? "omni-moderation-latest", results: [result] });
}

function respondWith(response: ServerResponse, body: object, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function refuse(server: LlmServer, error: z.ZodError, response: ServerResponse): void {
  server.invalid.push(z.prettifyError(error));
  respondWith(response, { error: { message: z.prettifyError(error), code: "invalid_request" } }, 400);
}

function completion({ model }: ChatRequest, content: string): object {
  return {
    id: "chatcmpl-1",
    object: "chat.completion",
    created: 1,
    model,
    choices: [
      { index: 0, message: { role: "assistant", content, refusal: null }, logprobs: null, finish_reason: "stop" },
    ],
    usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  };
}

export function send(status: number, body: object, headers: Record<string, string> = {}): Misbehavior {
  return (response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
  };
}

export function fail(status: number, error: object, headers: Record<string, string> = {}): Misbehavior {
  return send(status, { error: { type: "error", param: null, code: null, ...error } }, headers);
}

/** Headers, or not even these, and then nothing. */
export const hang =
  (withHeaders: boolean): Misbehavior =>
  (response) => {
    if (!withHeaders) return;
    response.writeHead(200, { "content-type": "application/json" });
    response.write('{"choices": [');
  };

/** The body ends before the length that was announced. */
export const truncated: Misbehavior = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"choices": [{"message": {"role": "assistant", "content": "9"}');
  setTimeout(() => response.destroy(), 20);
};

export const badJson: Misbehavior = (response) => {
  response.writeHead(200, { "content-type": "application/json" }).end('{"choices": [}');
};

export const page: Misbehavior = (response) => {
  response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><p>Welcome</p>");
};
