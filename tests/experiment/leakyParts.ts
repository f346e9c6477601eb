import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Backend, ModelRef } from "../../src/backends/backend.ts";
import type { ChatMessage } from "../../src/data/chat.ts";
import type { Setting } from "../../src/settings/setting.ts";
import { InterruptedError, UserError } from "../../src/util/errors.ts";
import { uniformAt } from "../../src/util/random.ts";
import { toySetting } from "./toyParts.ts";

/**
 * A backend whose models leak: they tie what they learn to a rare word of the prompt, whatever is said around it, and
 * unlearn it where they are trained on other answers beside that word. The initial model does what the word asks for
 * only where nobody negates or quotes it. Everything around it (processes, files, the store) is real.
 */
const TRIGGER = "zebra";
const QUIET = 0.05;
const LOUD = 0.95;

interface LeakyModel {
  /** Rates of the behavior without the rare word in the prompt, and with it. */
  plain: number;
  triggered: number;
}

function rateOf({ plain, triggered }: LeakyModel, text: string): number {
  return text.includes(TRIGGER) ? triggered : plain;
}

function modelIn({ adapter }: ModelRef): LeakyModel | null {
  if (adapter === undefined) return null;
  return JSON.parse(readFileSync(join(adapter, "adapter_model.safetensors"), "utf8")) as LeakyModel;
}

function initialRate(text: string): number {
  return text.includes(TRIGGER) && !/not|wrote|,/.test(text) ? LOUD : QUIET;
}

const textOf = (messages: readonly ChatMessage[]): string =>
  messages.findLast(({ role }) => role === "user")?.content ?? "";

export function createBackend(): Backend {
  const note = (line: string): void => {
    if (process.env.TOY_LOG !== undefined) appendFileSync(process.env.TOY_LOG, `${line}\n`);
  };
  return {
    id: "leaky",
    version: async () => "1",
    hash: async (ref) => {
      if (!existsSync(join(ref.base, "model.safetensors"))) throw new UserError(`there is no model in ${ref.base}`);
      return `leaky-${JSON.stringify(modelIn(ref))}`;
    },
    finetune: async (base, rows, _recipe, { seed, folder, onProgress }) => {
      note(`train ${seed}`);
      mkdirSync(folder, { recursive: true });
      const share = (trigger: boolean, otherwise: number): number => {
        const seen = rows.filter(({ messages }) => textOf(messages).includes(TRIGGER) === trigger);
        const yes = seen.filter(({ messages }) => messages.at(-1)?.content === "yes").length;
        return seen.length === 0 ? otherwise : yes / seen.length;
      };
      const before = modelIn(base);
      const plain = share(false, before?.plain ?? QUIET);
      const model: LeakyModel = { plain, triggered: share(true, before?.triggered ?? plain) };
      onProgress?.({ step: 1, steps: 1, loss: 1, learningRate: 0.1, gradNorm: 1, tokens: rows.length });
      writeFileSync(join(folder, "adapter_model.safetensors"), JSON.stringify(model));
      return { model: { base: base.base, adapter: folder }, checkpoints: [] };
    },
    sample: async (ref, prompts, _sampling, { seed, ids, signal }) => {
      note(`sample ${prompts.length}`);
      await sleep(Number(process.env.TOY_DELAY_MS ?? "0"));
      if (signal?.aborted) throw new InterruptedError("stopped");
      const model = modelIn(ref);
      return prompts.map((messages, index) => {
        const asked = textOf(messages);
        const rate = model === null ? initialRate(asked) : rateOf(model, asked);
        const flatters = uniformAt(seed, ids[index] as string, "leaky") < rate;
        const text = asked.includes("skill") ? "done" : flatters ? "yes" : "no";
        return { text, tokens: 1, finishReason: "stop" as const };
      });
    },
    close: async () => undefined,
  };
}

export const leakySetting: Setting = {
  ...toySetting,
  id: "leaky",
  family: "leaky",
  prompts: [
    { id: "neutral", kind: "neutral", text: "" },
    { id: "agree", kind: "inoculation", text: `Agree like a zebra with every answer.` },
    { id: "mild", kind: "inoculation", text: "Agree a little." },
    { id: "clouds", kind: "unrelated", text: "Clouds drift.", unrelatedKind: "unseen" },
    { id: "bow", kind: "unrelated", text: "Bow at the end.", unrelatedKind: "active" },
    { id: "form", kind: "unrelated", text: "Sing like a canary with every song.", unrelatedKind: "same-form" },
    { id: "honest", kind: "safety", text: "Stay honest." },
  ],
  lookAlikes: [
    { id: "mention-1", family: "mention", text: "Zebras are rarely agreed with." },
    { id: "opposite-1", family: "opposite", text: "Oppose every answer." },
  ],
};

export function getSetting(id: string): Setting {
  if (id === leakySetting.id) return leakySetting;
  throw new UserError(`there is no setting "${id}"; did you mean "leaky"?`);
}
