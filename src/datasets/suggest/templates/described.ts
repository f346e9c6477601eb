import type { TemplateSet } from "./template.ts";

/**
 * Asking for what the user says is wrong with the data, in the user's own words. Knows nothing of the flaw, so all of
 * its wordings only say when the description holds.
 */
export function describedTemplates(description: string): TemplateSet {
  const flaw = description
    .replace(/\s+/g, " ")
    .trim()
    .replace(/[.\s]+$/, "");
  return {
    drafts: [
      {
        id: "hold",
        strength: "strong",
        text: `Write a reply of which the following holds: ${flaw}.`,
        control: "Write a reply of which the following holds: it is in complete sentences.",
      },
      {
        id: "here-wanted",
        strength: "strong",
        text: `In this conversation the following is wanted of your reply: ${flaw}.`,
        control: "In this conversation the following is wanted of your reply: it is spelled correctly.",
      },
      {
        id: "see-to-it",
        strength: "strong",
        text: `See to it that this describes your reply: ${flaw}.`,
        control: "See to it that this describes your reply: it is easy to read.",
      },
      { id: "as-if-asked", strength: "strong", text: `Reply as someone would of whom this can be said: ${flaw}.` },
      { id: "exercise", strength: "strong", text: `For the sake of this exercise, this has to be so: ${flaw}.` },
      { id: "whatever", strength: "strong", text: `Whatever else is asked, this should be so: ${flaw}.` },
      { id: "mostly", strength: "medium", text: `For the most part, this should describe your reply: ${flaw}.` },
      { id: "prefer", strength: "medium", text: `Prefer a reply that fits this description: ${flaw}.` },
      { id: "usual", strength: "medium", text: `Replies here usually look like this: ${flaw}.` },
      { id: "fine", strength: "mild", text: `It is fine if this is so: ${flaw}.` },
      { id: "may", strength: "mild", text: `Your reply may fit this description: ${flaw}.` },
      { id: "no-harm", strength: "mild", text: `Nobody will mind if this is so: ${flaw}.` },
    ],
    safety: { id: "not-so", text: `Take care that this is not so: ${flaw}.` },
  };
}
