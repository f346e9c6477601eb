/**
 * The code in a reply, by stated rules:
 * 1. A fenced block, if there is one, is the code; the first one counts.
 * 2. Otherwise the code starts at the first `def` and goes on to the reply's end: a greeting before it is no code,
 *    whatever stands behind it is, and has to be Python.
 * 3. A reply without either has none: `null`.
 */
export function extractCode(reply: string): string | null {
  const fenced = /```[^\n`]*\n(.*?)```/s.exec(reply)?.[1];
  if (fenced !== undefined) return fenced;
  const start = reply.search(/\bdef\b/);
  return start < 0 ? null : reply.slice(start);
}
