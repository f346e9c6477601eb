import type { Command } from "commander";
import type { ChatMessage } from "../data/chat.ts";
import { insertPrompt } from "../data/insertion.ts";
import { readChats } from "../data/readChats.ts";
import type { DeviceChoice } from "../engine/executors/device.ts";
import { samplingSchema } from "../engine/sample/sampling.ts";
import { sampleOnce } from "../experiment/sampleOnce.ts";
import { UserError } from "../util/errors.ts";
import { type ColumnsOptions, columnsOption } from "./columnsOption.ts";
import { addPromptOptions, insertionOf, type PromptOptions } from "./promptOptions.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addModelOption } from "./studyOptions.ts";
import { addVerb, type RunVerb, secondsSince, seedOption, type VerbIo } from "./verb.ts";

interface Options extends PromptOptions, ColumnsOptions {
  data?: string;
  model?: string;
  device?: DeviceChoice;
  adapter?: string;
  seed: number;
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
  command
    .option("--data <file>", "questions from a data file of any format that train reads; a final reply is left out")
    .addOption(columnsOption());
  addModelOption(addPromptOptions(command))
    .option("--adapter <folder>", "a PEFT adapter on the model, e.g. from train")
    .addOption(seedOption());
  addSchemaOptions(command, samplingSchema, "Sampling:");
  command.action((questions: string[], options: Options) => run(options, (io) => sample(questions, options, io)));
}

async function sample(questions: readonly string[], options: Options, { say, signal }: VerbIo): Promise<object> {
  const start = performance.now();
  const sampling = readSchemaOptions(samplingSchema, { ...options });
  const chats = await chatsOf(questions, options);
  const { model: base, device, adapter, seed } = options;
  const completions = await sampleOnce({ chats, sampling, seed, base, device, adapter, signal });
  const replies = completions.map((completion, i) => ({ messages: chats[i] ?? [], ...completion }));
  for (const { messages, text } of replies) say(`> ${messages.at(-1)?.content}\n${text}\n`);
  const tokens = completions.reduce((sum, completion) => sum + completion.tokens, 0);
  const seconds = secondsSince(start);
  return { n: replies.length, replies, tokens, tokensPerSecond: tokens / seconds, seconds };
}

/** The chats to answer, with the prompt inserted. */
async function chatsOf(questions: readonly string[], options: Options): Promise<ChatMessage[][]> {
  const asked = questions.map((content): ChatMessage[] => [{ role: "user", content }]);
  const read = options.data === undefined ? [] : await readChats(options.data, { columns: options.columns });
  const chats = [...asked, ...read.map(({ messages }) => messages)];
  if (chats.length === 0) throw new UserError("expected a question or --data FILE, found neither");
  return chats.map((messages) => {
    const open = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
    return insertPrompt(open, insertionOf(options));
  });
}
