/** What keys and passwords look like. Only their kind is ever shown. */
const kinds: readonly (readonly [string, RegExp])[] = [
  ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[^-]*/g],
  ["an OpenAI or Anthropic key", /\bsk-[\w-]{20,}/g],
  ["an AWS access key", /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g],
  ["a GitHub token", /\b(?:gh[pousr]_\w{30,}|github_pat_\w{22,})/g],
  ["a GitLab token", /\bglpat-[\w-]{20,}/g],
  ["a Slack token", /\bxox[abeprs]-[\w-]{10,}/g],
  ["a Google key", /\bAIza[\w-]{35}/g],
  ["a Hugging Face token", /\bhf_[A-Za-z]{30,}/g],
  ["a Stripe key", /\b[rs]k_live_\w{20,}/g],
  ["a signed web token", /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g],
  ["a password in an address", /\b[a-z][a-z+]{2,}:\/\/[^\s:/@]+:[^\s:/@]{4,}@/gi],
  [
    "a password or key beside its name",
    /\b(?:password|passwd|api[_-]?key|secret[_-]?key|access[_-]?token)["']?\s*[:=]\s*["']?(?=[^\s"']*\d)(?=[^\s"']*[A-Za-z])[^\s"'()[\]{}]{10,}/gi,
  ],
];

const address = /\b[\w.+-]+@(?!example\.)[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi;

/** What kind of secret a text holds, if any. */
export function secretIn(text: string): string | undefined {
  return kinds.find(([, pattern]) => text.search(pattern) >= 0)?.[0];
}

/** E-mail addresses but those of example domains. */
export function hasAddress(text: string): boolean {
  return text.includes("@") && text.search(address) >= 0;
}

/** The text with its secrets and e-mail addresses blanked out. */
export function withoutSecrets(text: string): string {
  const blanked = kinds.reduce((rest, [, pattern]) => rest.replace(pattern, "[secret]"), text);
  return blanked.includes("@") ? blanked.replace(address, "[address]") : blanked;
}
