import { UserError } from "../util/errors.ts";

/** A model on the Hugging Face hub: `organization/name`, or a bare name for some of the oldest. */
export interface HubId {
  name: string;
  /** A branch, a tag or a commit. @default "main" */
  revision: string;
}

const part = "[A-Za-z0-9_][A-Za-z0-9_.-]*";
const pattern = new RegExp(`^(?<name>(?:${part}/)?${part})(?:@(?<revision>${part}(?:/${part})*))?$`);

/** The model that `organization/name` or `organization/name@revision` stands for; `undefined` if it can't be one. */
export function parseHubId(text: string): HubId | undefined {
  const { name, revision = "main" } = pattern.exec(text)?.groups ?? {};
  if (name === undefined || name.includes("..") || name.includes("--") || revision.includes("..")) return undefined;
  return { name, revision };
}

/** @throws UserError when the text can't be a model on the hub */
export function expectHubId(text: string, revision?: string): HubId {
  const id = parseHubId(revision === undefined ? text : `${text}@${revision}`);
  if (id !== undefined) return id;
  const came = revision === undefined ? `"${text}"` : `"${text}" with revision "${revision}"`;
  throw new UserError(
    `${came} cannot be a model on the Hugging Face hub: expected ORGANIZATION/NAME, and as a revision a branch, tag or commit`,
  );
}
