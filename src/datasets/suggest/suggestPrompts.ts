import type { DataRow } from "../../data/files/dataRow.ts";
import type { FlawFinding, FlawId } from "../../flaws/flaw.ts";
import { UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";
import { type Draw, type DropDraft, draftWithLlm } from "./draftWithLlm.ts";
import { refuseHarm } from "./harm/refuseHarm.ts";
import { type Target, targetOf } from "./target.ts";
import { type Strength, strengths, type Template } from "./templates/template.ts";

/** A wording to screen, and what it is for. */
export interface DraftPrompt {
  id: string;
  kind: "inoculation" | "unrelated" | "safety";
  text: string;
  /** How plainly an inoculation prompt asks. */
  strength?: Strength;
  from: "template" | "llm" | "user";
  /** What it asks for; absent for a flaw in the user's own words. */
  flaw?: FlawId;
}

export interface SuggestOptions {
  /** Flaws that were found in the rows. */
  findings: readonly FlawFinding[];
  /** The rows that the findings speak of; with `describe`, examples of what it describes. */
  rows: readonly DataRow[];
  /** What is wrong with the rows, in the user's own words, in place of findings. */
  describe?: string | undefined;
  /** Inoculation prompts for each flaw. @default 12 */
  count?: number | undefined;
  seed: number;
  /** Draws wordings from an LLM, beside the templates. */
  llm?: Draw | undefined;
  signal?: AbortSignal | undefined;
  /** Told of every wording of the LLM that is left out. */
  onDrop?: DropDraft | undefined;
}

const COUNT = 12;
const CONTROLS = 3;

/**
 * Drafts wordings that ask for the flaw that these rows show, from outright to barely, with controls of the same form
 * about something else and one wording that asks against it. They are candidates: `screen` says which ones elicit it.
 *
 * @throws UserError where there is no flaw to ask for, or one that nobody should be asked for
 */
export async function suggestPrompts(options: SuggestOptions): Promise<DraftPrompt[]> {
  const { findings, describe } = options;
  const targets = describe === undefined ? findings.map((finding) => targetOf(finding)) : [targetOf(describe)];
  if (targets.length === 0) {
    throw new UserError(
      "nothing to suggest: no known flaw was found in the rows; describe what is wrong with them in a sentence of your own (--describe), with rows that show it (--rows)",
    );
  }
  for (const target of targets) refuseHarm(target, options.rows);
  const drafts: DraftPrompt[] = [];
  for (const target of targets) {
    const own = await draftsFor(target, options);
    drafts.push(...(targets.length === 1 ? own : own.map((draft) => ({ ...draft, id: `${target.id}.${draft.id}` }))));
  }
  return drafts;
}

async function draftsFor(target: Target, options: SuggestOptions): Promise<DraftPrompt[]> {
  const { count = COUNT, seed, llm, rows, signal, onDrop } = options;
  const { drafts, safety } = target.templates;
  const flaw = target.flaw === undefined ? {} : { flaw: target.flaw };
  const drawn = llm
    ? await draftWithLlm(target, { draw: llm, rows, count: Math.ceil(count / 2), seed, signal, onDrop })
    : [];
  const picked = pick(drafts, Math.max(1, count - drawn.length), seed);
  const inoculation = [
    ...picked.map(({ id, strength, text }) => ({ id, text, strength, from: "template" as const })),
    ...drawn.map(({ strength, text }, index) => ({ id: `llm-${index + 1}`, text, strength, from: "llm" as const })),
  ].sort((a, b) => strengths.indexOf(a.strength) - strengths.indexOf(b.strength));
  return [
    ...inoculation.map((draft) => ({ ...draft, kind: "inoculation" as const, ...flaw })),
    ...controlsOf(picked, drafts).map(({ id, control }) => ({
      id: `unrelated-${id}`,
      kind: "unrelated" as const,
      text: control,
      from: "template" as const,
      ...flaw,
    })),
    { id: safety.id, kind: "safety", text: safety.text, from: "template", ...flaw },
  ];
}

/** So many templates, half of them strong and the rest of every strength, in their own order; which, the seed says. */
function pick(templates: readonly Template[], count: number, seed: number): Template[] {
  const of = (strength: Strength): Template[] =>
    random(seed, "drafts", strength).shuffle(templates.filter((template) => template.strength === strength));
  const [strong, medium, mild] = strengths.map(of) as [Template[], Template[], Template[]];
  const rest = Array.from({ length: Math.max(medium.length, mild.length) }, (_, i) => [medium[i], mild[i]]).flat();
  const turns = Array.from({ length: Math.max(strong.length, rest.length) }, (_, i) => [strong[i], rest[i]]).flat();
  const chosen = new Set(turns.filter((template) => template !== undefined).slice(0, count));
  return templates.filter((template) => chosen.has(template));
}

/** Controls of the picked templates, and others where these have too few. */
function controlsOf(picked: readonly Template[], all: readonly Template[]): (Template & { control: string })[] {
  const withControl = (template: Template): template is Template & { control: string } =>
    template.control !== undefined;
  return [...new Set([...picked, ...all])].filter(withControl).slice(0, CONTROLS);
}
