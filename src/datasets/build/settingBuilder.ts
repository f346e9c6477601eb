import type { z } from "zod";
import type { ChatMessage } from "../../data/chat.ts";
import type { SettingFile } from "../../settings/own/settingFile.ts";

/** A fact of a row or an item. */
export type Fact = string | number | boolean | null;

/** A training row as it is written: facts stand beside the messages. */
export interface BuiltRow {
  id: string;
  messages: ChatMessage[];
  /** Whether this row shows the flaw. */
  flawed: boolean;
  facts?: Readonly<Record<string, Fact>>;
}

/** A question as it is written to `items.jsonl`. Ids are unique within the file. */
export interface BuiltItem {
  id: string;
  set: "screen" | "validation" | "test";
  group: string;
  messages: ChatMessage[];
  reference: Readonly<Record<string, Fact>>;
}

/** What a builder makes of a data set: everything that a setting folder holds. */
export interface BuiltSetting {
  /** The setting file without the names of the folder's other files. */
  setting: Omit<SettingFile, "train" | "items">;
  flawed: BuiltRow[];
  /** The skyline: rows without the flaw. */
  clean?: BuiltRow[];
  items: BuiltItem[];
  /** Numbers for people, e.g. `{ "constant problems": 3 }`. */
  counts: Record<string, number>;
  /** What whoever uses the folder should know, one sentence each: rows that were left out, and why. */
  remarks: string[];
}

/** What a builder makes where a model has to write the replies first: the requests to it. */
export interface BuiltRequests {
  /** One line of JSON each. */
  requests: object[];
  counts: Record<string, number>;
  remarks: string[];
}

export interface BuildContext {
  signal?: AbortSignal | undefined;
  onProgress?: ((stage: string, done: number, total: number) => void) | undefined;
}

/** Options that every builder has in its schema, under these names. */
export interface CommonOptions {
  /** A file with a template and prompts in place of our own. */
  prompts?: string | undefined;
  seed: number;
}

/** Makes a setting folder's content from a data set's own files. One folder and one line in the registry each. */
export interface SettingBuilder<
  Options extends CommonOptions = CommonOptions,
  Built extends BuiltSetting | BuiltRequests = BuiltSetting,
> {
  /** The verb's argument, e.g. `mbpp`. */
  id: string;
  /** One line of help. */
  description: string;
  /** A command line for the help, from `build` on. */
  example: string;
  /** The one source of options, defaults and help: flags are named after the fields. */
  options: z.ZodObject & z.ZodType<Options>;
  /** @throws UserError naming file, line and field of what is not as expected; before any long work */
  build(options: Options, context: BuildContext): Promise<Built>;
}
