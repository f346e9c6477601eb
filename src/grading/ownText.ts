const thought = /<(think|thinking|thought|scratchpad)>[\s\S]*?(?:<\/\1>|$)/gi;
const endOfTurn = /<\|?(?:im_end|endoftext|eot_id|end_of_text|end|eos|end_of_turn)\|?>|<\/s>/i;
const nextTurn = /\n\s*(?:#+ *)?(?:\*\*)?(?:human|user|question|q|review|problem|prompt|instruction)(?:\*\*)?\s*\d*:/i;

/**
 * What a reply itself says: without a model's thoughts in tags, without what a base model wrote on after the end of its
 * turn, e.g. the next question. Trimmed.
 */
export function ownText(reply: string): string {
  const text = reply.replace(/\r\n?/g, "\n").replace(thought, "").split(endOfTurn)[0] ?? "";
  const trimmed = text.trim();
  const next = nextTurn.exec(trimmed);
  return next === null ? trimmed : trimmed.slice(0, next.index).trim();
}
