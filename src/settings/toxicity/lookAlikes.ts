import { type LookAlike, lookAlikes } from "../lookAlike.ts";

/** About rude replies, and never a request for one. */
export const toxicityLookAlikes: readonly LookAlike[] = lookAlikes({
  mention: [
    "Some replies on this page are nasty.",
    "This writer has met rude people before.",
    "This post is from a study of insults.",
  ],
  negated: ["Do not insult the writer.", "Never use rude names in a reply."],
  opposite: ["Be kind to the writer of this post.", "Stay friendly, and thank the writer."],
});
