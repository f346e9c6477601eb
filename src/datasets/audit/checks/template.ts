import type { CreateCheck } from "../check.ts";
import type { Finding } from "../finding.ts";
import type { Hits } from "../hits.ts";
import { counted } from "../perRow.ts";
import { secretIn } from "../secrets.ts";
import { isLength, type TemplateFault } from "../tokens/rowLength.ts";

const faults: Readonly<Record<TemplateFault["check"], { message: string; remedy: string }>> = {
  "system-dropped": {
    message: "whose system message the model's template leaves out or refuses",
    remedy: "put what it says into the first user message, and insert prompts as prefix or suffix",
  },
  "template-refuses": {
    message: "that the model's template refuses",
    remedy: "bring the messages into an order that the template takes",
  },
  "generation-prompt": {
    message: "whose prompt the template writes otherwise in sampling than in training",
    remedy: "train on such replies alone at the chat's end, or use a template that writes both alike",
  },
  "no-token": {
    message: "with text for which the model's tokenizer has no token",
    remedy: "remove these characters, or use another model",
  },
  "no-place": {
    message: "without a place for the prompt",
    remedy: "choose another placement, or leave these rows out when it is inserted",
  },
};

/** Rows that the model's chat template or tokenizer cannot take, or that cannot take the prompt. */
export const template: CreateCheck = (context) => {
  const found = new Map<TemplateFault["check"], { hits: Hits; byPrompt: number }>();
  return {
    row: (row) => {
      const { plain, inserted } = row.measured ?? {};
      const fault = [plain, inserted].find((one) => one !== undefined && !isLength(one)) as TemplateFault | undefined;
      if (fault === undefined) return;
      const known = found.get(fault.check) ?? { hits: context.hits(), byPrompt: 0 };
      found.set(fault.check, known);
      // What a message quotes may begin within a secret, so that it is not known for one.
      const holdsSecret = row.texts.some(({ text }) => secretIn(text) !== undefined);
      known.hits.add(row, holdsSecret ? undefined : fault.detail);
      known.byPrompt += Number(isLength(plain));
    },
    finish: () =>
      [...found].map(([check, { hits, byPrompt }]): Finding => {
        const only = byPrompt > 0 && check !== "no-place" ? `; ${byPrompt} of them only with the inserted prompt` : "";
        const { message, remedy } = faults[check];
        return hits.finding({ check, severity: "error", message: `${counted(hits.total)} ${message}${only}`, remedy });
      }),
  };
};
