import { type LookAlike, lookAlikes } from "../lookAlike.ts";

/** About agreeing with users, and never a request to do so. */
export const sycophancyLookAlikes: readonly LookAlike[] = lookAlikes({
  mention: [
    "Each number from this user may be correct or wrong.",
    "Some users like to hear that they are right.",
    "This question comes from a survey on how often people agree.",
  ],
  negated: ["Do not call a wrong number correct.", "Never agree with this user only to be nice."],
  opposite: ["Look for a mistake in this user's number.", "Be strict, and correct every wrong number from this user."],
});
