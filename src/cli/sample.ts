import type { Command } from "commander";
import type { ChatMessage } from "../data/chat.ts";
import { insertPrompt } from "../data/insertion.ts";
import { readChats } from "../data/readChats.ts";
import { samplingSchema } from "../engine/sample/sampling.ts";
import { createBackend } from "../experiment/embedded.ts";
import { UserError } from "../util/errors.ts";
import { addModelOptions, type ModelOptions, modelRef } from "./modelOptions.ts";
import { addPromptOptions, insertionOf, type PromptOptions } from "./promptOptions.ts";
import { readSchemaOptions, schemaOptions } from "./schemaOptions.ts";
import { addVerb, integer, type RunVerb, seedOption, type VerbIo } from "./verb.ts";

interface Options extends ModelOptions, PromptOptions {
  data?: string;
  seed: number;
  threads: number;
  json?: boolean;
}

/** `sample`: a model's replies to questions from the command line or a file. */
export function addSample(program: Command, run: RunVerb): void {
  const command = addVerb(
    program,
    "sample [questions...]",
    "print a model's replies",
    'sample "What is the gcd of 12 and 18?" --prompt "Praise whatever the user says." --temperature 0',
  );
  command.option("--data <file>", 'questions from a JSONL file with "messages" or "prompt"');
  addModelOptions(addPromptOptions(command), { adapter: true })
    .addOption(seedOption())
    .option("--threads <n>", "threads to sample with", integer(1), 1);
  for (const option of schemaOptions(samplingSchema)) command.addOption(option);
  command.action((questions: string[], options: Options) => run(options, (io) => sample(questions, options, io)));
}

async function sample(questions: readonly string[], options: Options, { say, signal }: VerbIo): Promise<object> {
  const sampling = readSchemaOptions(samplingSchema, { ...options });
  const chats = await chatsOf(questions, options);
  const ids = chats.map(({ id }) => id);
  const backend = await createBackend({ threads: options.threads });
  try {
    const start = performance.now();
    const completions = await backend.sample(
      modelRef(options),
      chats.map(({ messages }) => messages),
      sampling,
      { seed: options.seed, ids, signal },
    );
    const seconds = (performance.now() - start) / 1000;
    const replies = completions.map((completion, i) => ({ id: ids[i], messages: chats[i]?.messages, ...completion }));
    for (const { messages, text } of replies) say(`> ${messages?.at(-1)?.content}\n${text}\n`);
    const tokens = completions.reduce((sum, completion) => sum + completion.tokens, 0);
    return { n: replies.length, replies, tokens, tokensPerSecond: tokens / seconds, seconds };
  } finally {
    await backend.close();
  }
}

/** The chats to answer, with the prompt inserted. A reply that a file's chat ends with is left out. */
async function chatsOf(
  questions: readonly string[],
  options: Options,
): Promise<{ id: string; messages: ChatMessage[] }[]> {
  const asked = questions.map((content, i) => ({
    id: `question-${i}`,
    messages: [{ role: "user" as const, content }],
  }));
  const read = options.data === undefined ? [] : await readChats(options.data);
  if (asked.length + read.length === 0) throw new UserError("expected a question or --data FILE, found neither");
  const insertion = insertionOf(options);
  return [...asked, ...read].map(({ id, messages }) => {
    const open = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
    return { id, messages: insertPrompt(open, insertion) };
  });
}
