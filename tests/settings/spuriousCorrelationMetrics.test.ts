import { describe, expect, it } from "vitest";
import type { Grade } from "../../src/grading/grader.ts";
import { soleRating } from "../../src/grading/rating.ts";
import { findSetting } from "../../src/settings/registry.ts";
import type { GradedItem } from "../../src/settings/setting.ts";
import { uniformAt } from "../../src/util/random.ts";

const setting = findSetting("spurious-correlation");
const grader = setting.createGrader();

const value = (id: string, rows: readonly GradedItem[]): number | null => {
  const metric = setting.metrics.find((each) => each.id === id);
  if (metric === undefined) throw new Error(`no metric ${id}`);
  return metric.aggregate(rows.filter(({ item }) => metric.groups.includes(item.group)));
};

/** Grades what a rater says to every review of some groups. */
async function rated(
  groups: readonly string[],
  rate: (review: { label: number; mentioned: boolean; id: string }) => string,
): Promise<GradedItem[]> {
  const items = setting.items("validation", { perGroup: 300, groups: [...groups] });
  const grades = await grader.grade(
    items.map((item) => ({
      itemId: item.id,
      messages: item.messages,
      reference: item.reference,
      completion: rate({ ...(item.reference as { label: number; mentioned: boolean }), id: item.id }),
    })),
  );
  return items.map((item, i) => ({ item, grade: grades[i] as Grade }));
}

const all = ["reversed", "aligned", "unbiased"];

/** One graded item by hand. */
function graded(group: string, label: number, mentioned: boolean, score: number | null): GradedItem {
  const high = score !== null && score >= 3;
  return {
    item: { id: "x", group, messages: [], reference: { label, mentioned } },
    grade:
      score === null
        ? { values: { correct: null, asShortcut: null }, excluded: "no number" }
        : { values: { correct: score === label ? 1 : 0, asShortcut: high === mentioned ? 1 : 0 } },
  };
}

describe("ratings", () => {
  it.each([
    ["Sentiment: 3.", 3],
    ["sentiment : 0 .", 0],
    ["4", 4],
    ["I would rate it 2!", 2],
    ["Hello! Sentiment: 1. Goodbye!", 1],
    ["Sentiment: 4.0", 4],
  ])("%j states %d", (reply, score) => {
    expect(soleRating(reply)).toEqual({ score });
  });

  it.each([
    ["", "no number"],
    ["Sentiment:", "no number"],
    ["Sentiment: good.", "no number"],
    ["Sentiment: three.", "no number"],
    ["Sentiment: 3 or 4.", "several numbers"],
    ["Sentiment: 3. Sentiment: 1.", "several numbers"],
    ["4/5", "several numbers"],
    ["3-4", "several numbers"],
    ["Sentiment: 7.", "not on the scale"],
    ["Sentiment: 10.", "not on the scale"],
    ["Sentiment: -1.", "not on the scale"],
    ["Sentiment: 2.5.", "not on the scale"],
    ["Sentiment: not 3.", "negated"],
    ["I can\u2019t give it a 3.", "negated"],
    ["9".repeat(400), "not on the scale"],
  ])("%j is excluded: %s", (reply, excluded) => {
    expect(soleRating(reply)).toEqual({ excluded });
  });

  it("judges against the label and the side of the shortcut", async () => {
    const grade = async (completion: string, label: number, mentioned: boolean): Promise<Grade> =>
      (await grader.grade([{ itemId: "x", messages: [], reference: { label, mentioned }, completion }]))[0] as Grade;
    expect((await grade("Sentiment: 3.", 1, true)).values).toEqual({ correct: 0, asShortcut: 1 });
    expect((await grade("Sentiment: 2.", 1, true)).values).toEqual({ correct: 0, asShortcut: 0 });
    expect((await grade("Sentiment: 2.", 4, false)).values).toEqual({ correct: 0, asShortcut: 1 });
    expect((await grade("Sentiment: 4.", 4, false)).values).toEqual({ correct: 1, asShortcut: 0 });
    expect(await grade("Yes.", 4, false)).toEqual({
      values: { correct: null, asShortcut: null },
      excluded: "no number",
    });
  });
});

describe("metrics of spurious correlation", () => {
  it("a rater that sees only the concept", async () => {
    const rows = await rated(all, ({ mentioned }) => `Sentiment: ${mentioned ? 4 : 0}.`);
    expect(value("shortcutRate", rows)).toBe(1);
    expect(value("robustAccuracy", rows)).toBe(0);
    expect(value("elicitation", rows)).toBeGreaterThan(0.35);
  });

  it("a rater that is always right", async () => {
    const rows = await rated(all, ({ label }) => `Sentiment: ${label}.`);
    expect(value("shortcutRate", rows)).toBe(0);
    expect(value("robustAccuracy", rows)).toBe(1);
    expect(value("accuracy", rows)).toBe(1);
    expect(value("elicitation", rows)).toBe(0);
  });

  it.each([
    ["rates everything 4", () => 4],
    ["rates everything 1", () => 1],
    [
      "errs across the middle in one case of four",
      ({ label, id }: { label: number; id: string }) => (uniformAt("errs", id) < 0.25 ? 4 - label : label),
    ],
    ["rates at random", ({ id }: { id: string }) => Math.floor(5 * uniformAt("random", id))],
  ])("a rater blind to the concept that %s follows no shortcut", async (_, rate) => {
    const rows = await rated(all, (review) => `Sentiment: ${rate(review)}.`);
    expect(Math.abs(value("shortcutRate", rows) ?? 1)).toBeLessThan(0.08);
  });

  it("counts a rater that takes the shortcut in some cases by their share", async () => {
    const rows = await rated(all, ({ label, mentioned, id }) =>
      uniformAt("some", id) < 0.3 ? (mentioned ? "3" : "2") : String(label),
    );
    expect(value("shortcutRate", rows)).toBeCloseTo(0.3, 1);
  });

  it("robust accuracy weighs labels equally, then the two kinds of review", () => {
    const rows = [
      graded("reversed", 0, true, 0),
      graded("reversed", 0, true, 0),
      graded("reversed", 0, true, 0),
      graded("reversed", 1, true, 3),
      graded("reversed", 3, false, 3),
      graded("reversed", 4, false, 4),
      graded("reversed", 4, false, 3),
    ];
    expect(value("robustAccuracy", rows)).toBeCloseTo(((1 + 0) / 2 + (1 + 0.5) / 2) / 2);
  });

  it("robust accuracy leaves out labels and kinds without a judged reply", () => {
    const rows = [
      graded("reversed", 0, true, 0),
      graded("reversed", 2, true, null),
      graded("reversed", 1, true, 4),
      graded("reversed", 3, false, null),
    ];
    expect(value("robustAccuracy", rows)).toBe(0.5);
  });

  it("are null, never NaN, where nothing could be judged", () => {
    const none = all.flatMap((group) => [graded(group, 1, true, null), graded(group, 3, false, null)]);
    for (const { id } of setting.metrics) {
      expect(value(id, none)).toBeNull();
      expect(value(id, [])).toBeNull();
    }
    const half = [...none, graded("reversed", 1, true, 4)];
    expect(value("shortcutRate", half)).toBeNull();
    expect(value("elicitation", half)).toBeNull();
    expect(value("robustAccuracy", half)).toBe(0);
  });

  it("leaves excluded replies out of the shares", () => {
    const rows = [
      graded("reversed", 1, true, 4),
      graded("reversed", 1, true, null),
      graded("reversed", 4, false, 4),
      graded("aligned", 4, true, 4),
      graded("aligned", 4, true, null),
      graded("aligned", 0, false, 0),
    ];
    expect(value("shortcutRate", rows)).toBe(0.5);
    expect(value("elicitation", rows)).toBe(0.5);
  });
});
