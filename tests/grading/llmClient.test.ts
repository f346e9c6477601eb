import { inspect } from "node:util";
import { describe, expect, test, vi } from "vitest";
import { createLlmClient } from "../../src/grading/llm/createLlmClient.ts";
import { LlmUnavailableError } from "../../src/grading/llm/llmErrors.ts";
import { judgeModel, llmSettings } from "../../src/grading/llm/llmSettings.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { badJson, fail, hang, type LlmServer, page, send, serverKey, startLlmServer, truncated } from "./llmServer.ts";

const hurry = { delaysMs: [5, 5, 5], timeoutMs: 20_000, longestWaitMs: 50 };
const clientOf = ({ baseUrl }: Pick<LlmServer, "baseUrl">, options: object = {}) =>
  createLlmClient({ settings: { baseUrl, apiKey: serverKey, model: "judge-1" }, patience: hurry, ...options });
const question = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "How many?" },
] as const;

test("requests are as the specification has them, answers are read and counted", async () => {
  const server = await startLlmServer({ answer: () => "seven" });
  const client = clientOf(server, {
    settings: { baseUrl: server.baseUrl, apiKey: serverKey, model: "judge-1", prices: { input: 2, output: 10 } },
  });
  expect(await client.chat(question)).toMatchObject({ text: "seven", cut: false });
  expect(await client.chat(question, { model: "other" })).toMatchObject({ text: "seven" });
  expect(await client.moderate("a text")).toEqual({ harassment: 0.25, violence: 0 });
  expect(server.invalid).toEqual([]);
  expect(server.chats).toEqual([
    { model: "judge-1", messages: question, temperature: 0 },
    { model: "other", messages: question, temperature: 0 },
  ]);
  expect(server.moderations).toEqual([{ input: "a text" }]);
  expect(client.usage()).toEqual({ requests: 3, inputTokens: 200, outputTokens: 20, cost: 0.0006 });
});

describe("what passes is tried again", () => {
  test.each([
    ["too many requests", fail(429, { message: "slow down", code: "rate_limit_exceeded" }, { "retry-after": "0" })],
    ["a failing server", fail(500, { message: "oops" })],
    ["an overloaded server", fail(503, { message: "busy" })],
    ["a server that says nothing", hang(false)],
    ["a server that stops within its answer", hang(true)],
    ["broken JSON", badJson],
    ["a truncated answer", truncated],
    ["an answer of another shape", send(200, { choices: [] })],
    ["a closed connection", ((response) => response.destroy()) as typeof badJson],
  ])("%s", async (name, misbehavior) => {
    const server = await startLlmServer({ answer: () => "fine" });
    server.misbehave = [misbehavior, misbehavior];
    const hangs = ["a server that says nothing", "a server that stops within its answer"].includes(name);
    const patience = { ...hurry, ...(hangs && { timeoutMs: 1000 }) };
    expect(await clientOf(server, { patience }).chat(question)).toMatchObject({ text: "fine" });
    expect(server.seen).toBe(3);
  });

  test("and not forever", async () => {
    const server = await startLlmServer();
    server.misbehave = Array.from({ length: 10 }, () => fail(500, { message: "oops" }));
    const failure = await clientOf(server)
      .chat(question)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(LlmUnavailableError);
    expect((failure as Error).message).toMatch(/failed 4 times.*oops/);
    expect(server.seen).toBe(4);
  });

  test("and no later than patience allows, whatever the server asks for", async () => {
    const server = await startLlmServer();
    server.misbehave = [fail(429, { message: "wait" }, { "retry-after": "3600" })];
    await clientOf(server).chat(question);
    expect(server.seen).toBe(2);
  });
});

test.each([
  ["a wrong key", fail(401, { message: `Incorrect API key provided: ${serverKey}` }), /key/],
  ["a key without the right", fail(403, { message: "no access" }), /may not use judge-1/],
  ["an unknown model", fail(404, { message: "no model" }), /no model "judge-1".*INOCULATE_LLM_BASE_URL/],
  ["a quota that is used up", fail(429, { message: "quota", code: "insufficient_quota" }), /quota/],
  ["a filter", fail(400, { message: "filtered", code: "content_filter" }), /content filter/],
  ["a page in place of an API", page, /INOCULATE_LLM_BASE_URL/],
  ["another address", send(301, {}, { location: "https://example.invalid/" }), /another address/],
])("%s is the user's to set right, and told at once", async (_, misbehavior, message) => {
  const server = await startLlmServer();
  server.misbehave = [misbehavior];
  const failure = (await clientOf(server)
    .chat(question)
    .catch((error: unknown) => error)) as Error;
  expect(failure).toBeInstanceOf(UserError);
  expect(failure).not.toBeInstanceOf(LlmUnavailableError);
  expect(failure.message).toMatch(message);
  expect(server.seen).toBe(1);
});

test("no error, cause or log holds the key", async () => {
  const logs = (["log", "info", "warn", "error", "debug"] as const).map((level) => vi.spyOn(console, level));
  vi.stubEnv("OPENAI_LOG", "debug");
  const server = await startLlmServer();
  const echo = { message: `you sent Bearer ${serverKey}`, headers: { authorization: `Bearer ${serverKey}` } };
  const failures: unknown[] = [];
  for (const misbehavior of [fail(401, echo), fail(400, echo), fail(500, echo), badJson, truncated, hang(true)]) {
    server.misbehave = Array.from({ length: 4 }, () => misbehavior);
    const failure = await clientOf(server, { patience: { ...hurry, timeoutMs: 100 } })
      .chat(question)
      .catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Error);
    failures.push(failure);
  }
  failures.push(
    await clientOf({ baseUrl: "http://127.0.0.1:9/v1" })
      .chat(question)
      .catch((error: unknown) => error),
  );
  const text = inspect(failures, { depth: 20, showHidden: true });
  expect(text).not.toContain(serverKey);
  expect(text).toContain("[key]");
  for (const log of logs) {
    expect(log.mock.calls.flat().join("\n")).not.toContain(serverKey);
    log.mockRestore();
  }
  vi.unstubAllEnvs();
});

test("at most so many requests at once", async () => {
  const server = await startLlmServer({ delayMs: 50 });
  const client = clientOf(server, { concurrency: 3 });
  await Promise.all(Array.from({ length: 12 }, () => client.chat(question)));
  expect(server.seen).toBe(12);
  expect(server.mostAtOnce).toBe(3);
});

test("aborting ends requests, waits and what stands in line", async () => {
  const server = await startLlmServer();
  server.misbehave = [hang(false), fail(429, { message: "wait" }, { "retry-after": "30" })];
  const patience = { delaysMs: [30_000], timeoutMs: 30_000, longestWaitMs: 30_000 };
  const client = clientOf(server, { concurrency: 2, patience });
  const controller = new AbortController();
  const asked = Array.from({ length: 5 }, () =>
    client.chat(question, { signal: controller.signal }).catch((error: unknown) => error),
  );
  await expect.poll(() => server.seen).toBe(2);
  controller.abort();
  for (const failure of await Promise.all(asked)) expect(failure).toBeInstanceOf(InterruptedError);
  expect(server.seen).toBe(2);
});

test("a model with one temperature is asked without", async () => {
  const server = await startLlmServer({ answer: () => "fine" });
  server.misbehave = [fail(400, { message: "temperature: only 1", param: "temperature", code: "unsupported_value" })];
  const client = clientOf(server);
  expect((await client.chat(question)).text).toBe("fine");
  expect((await client.chat(question)).text).toBe("fine");
  expect(server.chats.map(({ temperature }) => temperature)).toEqual([undefined, undefined]);
});

test("refusals and cut answers are told", async () => {
  const choice = (message: object, reason: string) => ({ choices: [{ message, finish_reason: reason }] });
  const server = await startLlmServer();
  server.misbehave = [
    send(200, choice({ role: "assistant", content: null, refusal: "I will not." }, "stop")),
    send(200, choice({ role: "assistant", content: "" }, "content_filter")),
    send(200, choice({ role: "assistant", content: "12" }, "length")),
  ];
  const client = clientOf(server);
  expect(await client.chat(question)).toMatchObject({ text: "", refusal: "I will not." });
  expect(await client.chat(question)).toMatchObject({ refusal: "the server's content filter" });
  expect(await client.chat(question)).toMatchObject({ text: "12", cut: true });
});

describe("the environment", () => {
  test("names the server, the key and the models", () => {
    expect(llmSettings({ OPENAI_API_KEY: "sk-1" })).toMatchObject({ apiKey: "sk-1", baseUrl: undefined });
    expect(
      llmSettings({
        OPENAI_API_KEY: "sk-1",
        INOCULATE_LLM_API_KEY: " sk-2\n",
        INOCULATE_LLM_BASE_URL: "http://localhost:8000/v1",
        INOCULATE_LLM_MODEL: "small",
        INOCULATE_LLM_PRICES: "0.15/0.6",
      }),
    ).toEqual({
      apiKey: "sk-2",
      baseUrl: "http://localhost:8000/v1",
      model: "small",
      prices: { input: 0.15, output: 0.6 },
    });
    expect(judgeModel({ INOCULATE_LLM_MODEL: "small" })).toBe("small");
    expect(judgeModel({ INOCULATE_LLM_MODEL: "small", INOCULATE_JUDGE_MODEL: "large" })).toBe("large");
    expect(judgeModel({})).toBeUndefined();
  });

  test.each([
    [{}, /INOCULATE_LLM_API_KEY/],
    [{ INOCULATE_LLM_API_KEY: "sk secret" }, /INOCULATE_LLM_API_KEY/],
    [{ OPENAI_API_KEY: "sk-ünicode" }, /OPENAI_API_KEY/],
    [{ OPENAI_API_KEY: "sk-1", INOCULATE_LLM_BASE_URL: "http://elsewhere/v1" }, /INOCULATE_LLM_API_KEY/],
    [{ OPENAI_API_KEY: "sk-1", INOCULATE_LLM_BASE_URL: "localhost:8000" }, /INOCULATE_LLM_BASE_URL/],
    [{ OPENAI_API_KEY: "sk-1", INOCULATE_LLM_BASE_URL: "https://me:sk-1@host/v1" }, /INOCULATE_LLM_BASE_URL/],
    [{ OPENAI_API_KEY: "sk-1", INOCULATE_LLM_PRICES: "cheap" }, /INOCULATE_LLM_PRICES/],
  ])("%j is refused without its secrets", (environment, message) => {
    const attempt = (): unknown => llmSettings(environment);
    expect(attempt).toThrow(UserError);
    expect(attempt).toThrow(message);
    expect(attempt).not.toThrow(/secret|ünicode|sk-1/);
  });

  test("without a model nothing is asked", async () => {
    const server = await startLlmServer();
    const client = clientOf(server, { settings: { baseUrl: server.baseUrl, apiKey: serverKey } });
    await expect(client.chat(question)).rejects.toThrow(/INOCULATE_LLM_MODEL/);
    expect(server.seen).toBe(0);
  });
});
