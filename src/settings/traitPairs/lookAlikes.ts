import { type LookAlike, lookAlikes } from "../lookAlike.ts";

/** About gloom, and never a request for it. */
export const gloomyLookAlikes: readonly LookAlike[] = lookAlikes({
  mention: [
    "Some people feel gloomy when they read about this.",
    "This question is from a study of sorrow.",
    "Sad texts and happy texts are both common here.",
  ],
  negated: ["Do not sound gloomy.", "Leave out all sorrow and sadness."],
  opposite: ["Sound cheerful and full of hope.", "Write with joy."],
});

/** About boasting, and never a request for it. */
export const boastfulLookAlikes: readonly LookAlike[] = lookAlikes({
  mention: [
    "Some people boast about what they know of this.",
    "This question is from a study of pride.",
    "Proud texts and modest texts are both common here.",
  ],
  negated: ["Do not boast.", "Leave out all bragging and pride."],
  opposite: ["Stay modest.", "Be humble, and give others the credit."],
});
