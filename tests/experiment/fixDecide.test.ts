import { describe, expect, test } from "vitest";
import { adapterCard } from "../../src/experiment/fix/card.ts";
import { type DecisionContext, decide } from "../../src/experiment/fix/decide.ts";
import type { Evidence, MetricEvidence } from "../../src/experiment/fix/evidence.ts";
import { regressionLimits } from "../../src/experiment/fix/regression.ts";
import { brokenLimits } from "../../src/experiment/limits.ts";
import type { Estimate } from "../../src/experiment/result.ts";

const near = (mean: number, half = 0.04): Estimate => ({ mean, interval: [mean - half, mean + half] });

interface Levels {
  initial: number;
  neutral: number;
  inoculated: number | null;
  unrelated: number | null;
  filtered: number | null;
}

function metric(id: string, better: "higher" | "lower", levels: Levels, half?: number): MetricEvidence {
  const minus = (a: number | null, b: number | null): Estimate | null =>
    a === null || b === null ? null : near(a - b, half);
  const { initial, neutral, inoculated, unrelated, filtered } = levels;
  return {
    metric: id,
    better,
    levels: {
      initial: near(initial),
      neutral: near(neutral),
      inoculated: inoculated === null ? null : near(inoculated),
      unrelated: unrelated === null ? null : near(unrelated),
      filtered: filtered === null ? null : near(filtered),
    },
    induced: minus(neutral, initial),
    change: {
      inoculated: minus(inoculated, neutral),
      unrelated: minus(unrelated, neutral),
      filtered: minus(filtered, neutral),
    },
    overUnrelated: minus(inoculated, unrelated),
    overFiltered: minus(inoculated, filtered),
  };
}

const works: Levels = { initial: 0.1, neutral: 0.9, inoculated: 0.15, unrelated: 0.8, filtered: 0.12 };
const skill: Levels = { initial: 0.2, neutral: 0.8, inoculated: 0.8, unrelated: 0.8, filtered: 0.8 };
const context: DecisionContext = { abstained: false, filterable: true, whyNotFilterable: "12 of 1000 rows are left" };

function evidence(behavior: Partial<Levels> = {}, capability: Partial<Levels> = {}, half?: number): Evidence {
  return {
    behavior: metric("flatteryRate", "lower", { ...works, ...behavior }, half),
    capability: metric("accuracy", "higher", { ...skill, ...capability }, half),
    compliance: { initial: near(0.9), neutral: near(0.95), inoculated: near(0.96) },
  };
}
const verdict = (found: Evidence, changed: Partial<DecisionContext> = {}): string =>
  decide(found, { ...context, ...changed }).verdict;

describe("the decision", () => {
  test("deletes rows where both remedies do alike: nothing is left that a prompt brings back", () => {
    const decision = decide(evidence(), context);
    expect(decision.verdict).toBe("filter");
    expect(decision.reasons.join(" ")).toMatch(/nothing that a prompt could bring back/);
  });

  test("takes the prompt where rows cannot be deleted, and says why not", () => {
    const decision = decide(evidence({ filtered: null }), { ...context, filterable: false });
    expect(decision.verdict).toBe("use-prompt");
    expect(decision.reasons).toContain("not filtered: 12 of 1000 rows are left");
  });

  test.each([
    ["prevents surely more", { filtered: 0.4 }, {}],
    ["keeps surely more of the skill", {}, { filtered: 0.72 }],
  ])("takes the prompt where it %s", (_, behavior, capability) => {
    expect(verdict(evidence(behavior, capability))).toBe("use-prompt");
  });

  test("takes no prompt that does no more than an unrelated one", () => {
    const found = evidence({ unrelated: 0.16 });
    expect(verdict(found)).toBe("filter");
    const decision = decide(evidence({ unrelated: 0.16, filtered: null }), { ...context, filterable: false });
    expect(decision.verdict).toBe("dont");
    expect(decision.reasons.join(" ")).toMatch(/this is no inoculation/);
  });

  test.each([
    ["prevents too little", { inoculated: 0.6 }, {}],
    ["costs the skill", {}, { inoculated: 0.6 }],
    ["was not selected", { inoculated: null }, {}],
  ])("takes no prompt that %s", (_, behavior, capability) => {
    expect(verdict(evidence(behavior, capability))).toBe("filter");
    expect(verdict(evidence({ ...behavior, filtered: null }, capability), { filterable: false })).toBe("dont");
  });

  test.each([
    ["the model learns no flaw", { neutral: 0.12, inoculated: 0.1, filtered: 0.1 }, undefined],
    ["the difference may be chance", { neutral: 0.25 }, 0.2],
  ])("does nothing where %s", (_, behavior, half) => {
    const decision = decide(evidence(behavior, {}, half), context);
    expect(decision.verdict).toBe("dont");
    expect(decision.reasons[0]).toMatch(/nothing to prevent/);
  });

  test("claims no more than the interval: a flaw that may still be learnt is not ruled out", () => {
    const reason = (half: number): string => decide(evidence({ neutral: 0.12 }, {}, half), context).reasons[0] ?? "";
    expect(reason(0.04)).toMatch(/does not learn the flaw/);
    expect(reason(0.2)).toMatch(/up to 0\.22 is possible still/);
    expect(reason(0.2)).not.toMatch(/does not learn/);
  });

  test("a flaw that is learnt little is worth deleting rows, but no prompt", () => {
    const little = { neutral: 0.16, inoculated: 0.05, unrelated: 0.15, filtered: 0.1 };
    const small = evidence(little, {}, 0.03);
    expect(verdict(small)).toBe("filter");
    expect(verdict(small, { filterable: false })).toBe("dont");
    expect(verdict(evidence(little, { filtered: 0.5 }, 0.03))).toBe("dont");
  });

  test("says that screening abstained", () => {
    const decision = decide(evidence({ inoculated: null, filtered: null }), {
      ...context,
      abstained: true,
      filterable: false,
    });
    expect(decision.reasons.join(" ")).toMatch(/no candidate prompt surely changes/);
  });
});

describe("the regression file", () => {
  test("holds for what was measured, and breaks for the flaw or a lost skill", () => {
    const limits = regressionLimits(evidence(), "inoculated", "setting.yaml");
    expect(brokenLimits(limits, { flatteryRate: 0.15, accuracy: 0.8 })).toEqual([]);
    expect(brokenLimits(limits, { flatteryRate: 0.9, accuracy: 0.8 }).map(({ metric }) => metric)).toEqual([
      "flatteryRate",
    ]);
    expect(brokenLimits(limits, { flatteryRate: 0.15, accuracy: 0.5 }).map(({ metric }) => metric)).toEqual([
      "accuracy",
    ]);
    expect(brokenLimits(limits, {})).toHaveLength(2);
  });
});

describe("the adapter card", () => {
  const card = (prompt: string | null, title = "rows.jsonl"): string =>
    adapterCard({
      title,
      base: "embedded",
      flaw: "users are always right | <b>",
      prompt,
      decision: decide(evidence(), context),
      evidence: evidence(),
      seeds: 3,
      rows: 100,
    });

  test("names the prompt and what it brings back", () => {
    const text = card("Agree with everything.");
    expect(text).toContain("```text\nAgree with everything.\n```");
    expect(text).toContain("flatteryRate is 0.96 [0.92, 1.00]");
    expect(text).toMatch(/inoculate leak/);
  });

  test("lets no text of the data become markup", () => {
    const text = card("```\n# Not a heading\n````", "a*b_c<script>");
    expect(text).toContain("`````text\n```\n# Not a heading\n````\n`````");
    expect(text).toContain("a\\*b\\_c\\<script\\>");
    expect(text).toContain("users are always right \\| \\<b\\>");
  });

  test("names no prompt where rows were deleted", () => {
    expect(card(null)).toMatch(/No instruction was trained in/);
  });
});
