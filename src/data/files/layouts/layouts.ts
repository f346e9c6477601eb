import type { LayoutId } from "../dataRow.ts";
import type { Layout } from "../layout.ts";
import { alpaca } from "./alpaca.ts";
import { messages } from "./messages.ts";
import { promptCompletion } from "./promptCompletion.ts";
import { sharegpt } from "./sharegpt.ts";

/** Every layout by its name, in the order in which a row is tried: a row with `messages` may have a `prompt` as well. */
export const layouts: Readonly<Record<LayoutId, Layout>> = {
  messages,
  sharegpt,
  alpaca,
  "prompt-completion": promptCompletion,
};
