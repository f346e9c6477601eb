import type { Backend, Completion, ModelRef } from "../backends/backend.ts";
import type { Sampling } from "../engine/sample/sampling.ts";
import type { Grade, Grader } from "../grading/grader.ts";
import type { GradedItem, Item, Setting } from "../settings/setting.ts";
import { GraderError, InoculateError, InterruptedError, UserError } from "../util/errors.ts";
import type { StoredGrade, StoredSample } from "./result.ts";
import type { StoredEvaluation } from "./store.ts";

/** One reply per item, in the items' order; each group is sampled in its own way, groups with the same way together. */
export async function sampleItems(
  backend: Backend,
  model: ModelRef,
  items: readonly Item[],
  samplings: Record<string, Sampling>,
  options: { seed: number; signal?: AbortSignal | undefined; onProgress?: (done: number, total: number) => void },
): Promise<Completion[]> {
  const replies = new Map<string, Completion>();
  const wayOf = (group: string): string => JSON.stringify(samplings[group]);
  for (const way of new Set(Object.keys(samplings).map(wayOf))) {
    const members = items.filter((item) => wayOf(item.group) === way);
    const before = replies.size;
    const completions = await backend.sample(
      model,
      members.map((item) => item.messages),
      JSON.parse(way) as Sampling,
      {
        seed: options.seed,
        ids: members.map((item) => item.id),
        ...(options.signal && { signal: options.signal }),
        onProgress: (done) => options.onProgress?.(before + done, items.length),
      },
    );
    expectSameLength(backend.id, completions.length, members.length);
    for (const [index, item] of members.entries()) replies.set(item.id, completions[index] as Completion);
  }
  return items.map((item) => replies.get(item.id) as Completion);
}

/** One grade per reply. @throws GraderError when the grader breaks: a broken grader is an error, never a zero */
export async function gradeReplies(
  grader: Grader,
  items: readonly Item[],
  replies: readonly Completion[],
  signal?: AbortSignal,
): Promise<Grade[]> {
  const requests = items.map((item, index) => ({
    itemId: item.id,
    messages: item.messages,
    reference: item.reference,
    completion: (replies[index] as Completion).text,
  }));
  const grades = await grader.grade(requests, signal && { signal }).catch((error: unknown) => {
    const isTold = [GraderError, UserError, InterruptedError].some((kind) => error instanceof kind);
    if (isTold || signal?.aborted) throw error;
    throw new GraderError(`grader "${grader.id}" broke: ${(error as Error)?.message ?? error}`, { cause: error });
  });
  if (grades.length !== items.length) {
    throw new GraderError(
      `grader "${grader.id}" was given ${items.length} replies and returned ${grades.length} grades`,
    );
  }
  for (const [index, grade] of grades.entries()) {
    for (const [name, value] of Object.entries(grade.values)) {
      if (value === null || Number.isFinite(value)) continue;
      throw new GraderError(`grader "${grader.id}" returned ${name} = ${value} for item "${items[index]?.id}"`);
    }
  }
  return grades;
}

/** @throws UserError where no reply of a metric's groups has the value that it is made of, though some could be judged */
export function expectValues({ metrics }: Setting, rows: readonly GradedItem[]): void {
  for (const { id, groups, value } of metrics) {
    const judged = rows.filter(({ item, grade }) => groups.includes(item.group) && grade.excluded === undefined);
    if (value === undefined || judged.length === 0 || judged.some(({ grade }) => value in grade.values)) continue;
    const given = [...new Set(judged.flatMap(({ grade }) => Object.keys(grade.values)))].join(", ") || "none";
    throw new UserError(
      `metric "${id}": no grader gives the value "${value}" for replies of ${groups.join(", ")}; given: ${given}. A value that does not apply to a reply is null`,
    );
  }
}

/** Every metric of the setting over graded items; `null` where there is no item of its groups. @throws InoculateError on NaN */
export function metricsOf(setting: Setting, rows: readonly GradedItem[]): Record<string, number | null> {
  return Object.fromEntries(
    setting.metrics.map((metric) => {
      const value = metric.aggregate(rows.filter((row) => metric.groups.includes(row.item.group)));
      if (value !== null && !Number.isFinite(value)) {
        throw new InoculateError(`metric "${metric.id}" of setting "${setting.id}" came out as ${value}`);
      }
      return [metric.id, value];
    }),
  );
}

/** Share of replies that could not be judged; 0 of nothing. */
export function excludedShare(grades: readonly { excluded?: string }[]): { share: number; n: number } {
  const excluded = grades.filter((grade) => grade.excluded !== undefined).length;
  return { share: grades.length === 0 ? 0 : excluded / grades.length, n: grades.length };
}

export function toSample(item: Item, reply: Completion): StoredSample {
  const { id, group, messages, reference } = item;
  const { text, tokens, finishReason } = reply;
  return { itemId: id, group, messages, reference, completion: text, tokens, finishReason };
}

export function toGrade(item: Item, grade: Grade): StoredGrade {
  return { itemId: item.id, group: item.group, ...grade };
}

/** The graded items of a stored evaluation. */
export function gradedItems({ samples, grades }: Pick<StoredEvaluation, "samples" | "grades">): GradedItem[] {
  return samples.map(({ itemId, group, messages, reference }, index) => {
    const grade = grades[index];
    if (grade?.itemId !== itemId) throw new InoculateError(`sample "${itemId}" has no grade beside it`);
    return { item: { id: itemId, group, messages, reference }, grade };
  });
}

function expectSameLength(backend: string, got: number, expected: number): void {
  if (got === expected) return;
  throw new InoculateError(`backend "${backend}" was given ${expected} prompts and returned ${got} replies`);
}
