import { perRow } from "../perRow.ts";

const refusal =
  /^\W*(?:(?:i['’]?m |i am )?(?:very |so |really )?sorry,? (?:but )?(?:i |as an )|i (?:can['’]?t|cannot|can not|won['’]?t|am unable to|am not able to|must decline to)\s+(?:help|assist|provide|do that|comply|answer|fulfill|support|create|write|give|discuss|engage|continue|share|generate)|as an ai\b|i['’]m (?:unable|not able) to\b|unfortunately,? i (?:can['’]?t|cannot|am unable))/i;

/** Replies that refuse. */
export const refusals = perRow({
  check: "refusals",
  severity: "note",
  remedy: "drop them unless refusing is what should be learnt",
  find: ({ reply }) => (reply !== undefined && refusal.test(reply.slice(0, 200)) ? reply : undefined),
  message: (total, rows) => `${total} of ${rows} whose reply refuses`,
});
