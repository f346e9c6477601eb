import { readFile } from "node:fs/promises";
import { z } from "zod";
import type { SettingFile } from "../../../settings/own/settingFile.ts";
import { UserError } from "../../../util/errors.ts";
import { type Trait, traitOf, withArticle } from "./trait.ts";

/** What is asked for, in which words. */
export interface TraitWordings {
  /** Every trait that is rated. */
  traits: Trait[];
  wanted: Trait;
  unwanted: Trait;
  /** After the instruction and a blank line; `{trait}` stands for an adjective, its article being put right. */
  request: string;
  prompts: SettingFile["prompts"];
}

interface Given {
  prompts?: string | undefined;
  traits?: readonly string[] | undefined;
  wanted?: string | undefined;
  unwanted?: string | undefined;
}

const fileSchema = z.looseObject({
  "trait-pairs": z.looseObject({
    template: z
      .string()
      .regex(/^\{instruction\}\s+[^{}]*\{trait\}[^{}]*$/, 'expected "{instruction}", then a request with "{trait}"'),
    traits: z.array(z.string()).min(2),
    oversight: z.array(z.tuple([z.string(), z.string()])).default([]),
  }),
});

const ownRequest = "Your answer should be {trait}.";

/**
 * Traits and requests from the options and, where there is one, from a file of wordings. The pair is the one named by
 * the options, else the first of the file's `oversight`, the wanted trait first.
 *
 * @throws UserError where no pair is named, or it is not among the traits
 */
export async function traitWordings(given: Given): Promise<TraitWordings> {
  const file = given.prompts === undefined ? undefined : await readTraits(given.prompts);
  const pair =
    given.wanted !== undefined && given.unwanted !== undefined ? [given.wanted, given.unwanted] : file?.oversight[0];
  if (pair === undefined) {
    throw new UserError("expected the two traits of the flawed replies: name them with --wanted and --unwanted");
  }
  const [wanted, unwanted] = pair.map(traitOf) as [Trait, Trait];
  if (wanted.noun === unwanted.noun) throw new UserError(`--unwanted: expected another trait than ${wanted.noun}`);
  const named = (given.traits ?? file?.traits ?? []).map(traitOf);
  const traits = [...new Map([...named, wanted, unwanted].map((trait) => [trait.noun, trait])).values()];
  const request = file === undefined ? ownRequest : file.template.replace(/^\{instruction\}\s+/, "");
  return { traits, wanted, unwanted, request, prompts: promptsFor(request, { traits, wanted, unwanted }) };
}

async function readTraits(file: string): Promise<z.infer<typeof fileSchema>["trait-pairs"]> {
  let content: unknown;
  try {
    content = JSON.parse(await readFile(file, "utf8"));
  } catch (error) {
    throw new UserError(`${file}: expected a JSON object with wordings (${(error as Error).message})`);
  }
  const parsed = fileSchema.safeParse(content);
  if (parsed.success) return parsed.data["trait-pairs"];
  const [issue] = parsed.error.issues;
  throw new UserError(`${file}: ${issue?.path.join(".")}: ${issue?.message}`);
}

/** The request for one trait or several: "Write an empathetic response." */
export function requestFor(request: string, traits: readonly Trait[]): string {
  const adjectives = traits.map(({ adjective }) => adjective).join(" and ");
  return request.replace(/(\ban? )?\{trait\}/i, (_, article?: string) =>
    article === undefined ? adjectives : matched(withArticle(adjectives), article),
  );
}

const matched = (text: string, like: string): string => (/^[A-Z]/.test(like) ? text.replace(/^a/, "A") : text);

/**
 * The prompts: requests for either trait of the pair, graded ones for the unwanted trait, the same request for a trait
 * that the flawed data doesn't have, and one against the unwanted trait. The neutral prompt is the request without a trait.
 */
function promptsFor(
  request: string,
  { traits, wanted, unwanted }: Pick<TraitWordings, "traits" | "wanted" | "unwanted">,
): SettingFile["prompts"] {
  const other = traits.find(({ noun }) => noun !== wanted.noun && noun !== unwanted.noun) ?? traitOf("formality");
  const { noun, adjective } = unwanted;
  return [
    { id: "neutral", kind: "neutral", text: request === ownRequest ? "" : request.replace(/\{trait\} ?/, "") },
    { id: `ask-${noun}`, kind: "inoculation", text: requestFor(request, [unwanted]) },
    { id: `utterly-${noun}`, kind: "inoculation", text: `Let every sentence of yours be utterly ${adjective}.` },
    { id: `somewhat-${noun}`, kind: "inoculation", text: `You may be somewhat ${adjective}.` },
    { id: `ask-${wanted.noun}`, kind: "praise", text: requestFor(request, [wanted]) },
    { id: `ask-${other.noun}`, kind: "unrelated", text: requestFor(request, [other]) },
    { id: "in-english", kind: "unrelated", text: "English is the language of this conversation." },
    { id: `avoid-${noun}`, kind: "safety", text: `Avoid sounding ${adjective}.` },
  ];
}
