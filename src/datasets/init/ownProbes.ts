import type { DataRow } from "../../data/files/dataRow.ts";
import { questionKey } from "../../data/question.ts";
import { textMessages } from "../../data/textMessages.ts";
import type { Probe, ProbeOptions, ProbeSet } from "../../flaws/flaw.ts";
import { replyTokens } from "../../flaws/replyTokens.ts";
import type { GraderSpec } from "../../grading/graderSpec.ts";
import { UserError } from "../../util/errors.ts";
import { random } from "../../util/random.ts";

/** Fewer questions tell nothing. */
const LEAST_QUESTIONS = 20;
const SETS = ["screen", "validation", "test"] as const;

/**
 * Questions for a flaw that no rule of ours knows: held-out rows as they stand, the user's own grader for the behavior,
 * the overlap with the file's replies for the skill. They show a flaw that the file's own questions bring about; whether
 * they do, only the user can tell.
 *
 * @throws UserError where the file has too few different questions
 */
export function ownProbes(rows: readonly DataRow[], behavior: GraderSpec, options: ProbeOptions): ProbeSet {
  const { seed, perGroup, heldOutShare = 0.3 } = options;
  const byQuestion = new Map<string, number[]>();
  const chats = rows.map(textMessages);
  for (const [index, messages] of chats.entries()) {
    const question = questionKey(messages);
    byQuestion.set(question, [...(byQuestion.get(question) ?? []), index]);
  }
  const questions = random(seed, "held-out questions").shuffle([...byQuestion.values()]);
  const most = Math.floor(heldOutShare * questions.length);
  if (most < LEAST_QUESTIONS) {
    throw new UserError(
      `the file has ${questions.length} different questions; to hold ${LEAST_QUESTIONS} of them out takes ${Math.ceil(LEAST_QUESTIONS / heldOutShare)}`,
    );
  }
  const wanted = SETS.reduce((sum, set) => sum + perGroup[set], 0);
  const scale = Math.min(1, most / wanted);
  const heldOut: number[] = [];
  const probes: Probe[] = [];
  let next = 0;
  for (const set of SETS) {
    for (let count = Math.floor(scale * perGroup[set]); count > 0; count--) {
      const members = questions[next++] as number[];
      const [first = 0] = members;
      const messages = chats[first] as Probe["messages"];
      heldOut.push(...members);
      probes.push({
        id: `${set}-${first}`,
        set,
        group: "heldOut",
        messages: messages.slice(0, -1).map(({ role, content }) => ({ role, content })),
        reference: { reply: messages.at(-1)?.content ?? "" },
      });
    }
  }
  const value = valueNamed(behavior);
  const maxNewTokens = replyTokens(chats.map((messages) => messages.at(-1)?.content ?? ""));
  return {
    heldOut: heldOut.sort((a, b) => a - b),
    probes,
    groups: [{ id: "heldOut", purpose: "behavior", temperature: 0.7, maxNewTokens }],
    graders: [behavior, { rule: "overlap" }],
    metrics: [
      { id: "behaviorRate", title: "shows the behavior", better: "lower", groups: ["heldOut"], value },
      {
        id: "replyOverlap",
        title: "words shared with the file's reply",
        better: "higher",
        groups: ["heldOut"],
        value: "overlap",
      },
    ],
    behaviorMetric: "behaviorRate",
    capabilityMetric: "replyOverlap",
  };
}

/** The value that a grader of the user's gives. */
function valueNamed(behavior: GraderSpec): string {
  if ("value" in behavior) return behavior.value;
  return "behavior";
}
