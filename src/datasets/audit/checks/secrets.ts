import { perRow } from "../perRow.ts";
import { hasAddress, secretIn } from "../secrets.ts";

/** Keys and passwords. What they are is never shown. */
export const secretTexts = perRow({
  check: "secret",
  severity: "warning",
  remedy: "remove it, and revoke it if it was real: a fine-tuned model may repeat it",
  find: ({ texts }) => {
    const found = texts.flatMap(({ text }) => secretIn(text) ?? []);
    return found[0] === undefined ? undefined : `looks like ${found[0]}`;
  },
  message: (rows) => `${rows} with what looks like a key or password`,
});

/** E-mail addresses. */
export const addresses = perRow({
  check: "email-address",
  severity: "note",
  remedy: "replace addresses of real people by ones of example.com",
  find: ({ texts }) => (texts.some(({ text }) => hasAddress(text)) ? "an e-mail address" : undefined),
  message: (rows) => `${rows} with an e-mail address`,
});
