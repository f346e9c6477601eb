import { describe, expect, it } from "vitest";
import type { MetricSummary, SettingResult } from "../../src/experiment/result.ts";
import { duration, formatValue, percent, percentInterval, points, shorten } from "../../src/report/format.ts";
import { goals } from "../../src/report/goals.ts";
import { groupConditions, roleOf } from "../../src/report/names.ts";
import { missedBars, overallHeadline, verdictWord } from "../../src/report/overall.ts";
import { comparePaper } from "../../src/report/paper.ts";
import { praiseDissociation } from "../../src/report/praise.ts";
import { preventedShare, shortfalls } from "../../src/report/shortfalls.ts";
import { sideArms, sideChange } from "../../src/report/sideEffects.ts";
import { outcomeOf, verdict } from "../../src/report/verdict.ts";
import { settingResult } from "./fixture.ts";
import { theory } from "./fixtureTheory.ts";

const full = settingResult();

function withEffect(fields: Partial<SettingResult["effect"]>): SettingResult {
  return { ...full, effect: { ...full.effect, ...fields } };
}

describe("format", () => {
  it("writes shares, points and unknowns", () => {
    expect([percent(0.934), percent(0), percent(0.001), percent(-0.03), percent(-0.001)]).toEqual([
      "93%",
      "0%",
      "<1%",
      "−3%",
      "0%",
    ]);
    expect([points(-0.01), points(0.02), points(0.001)]).toEqual(["−1 point", "+2 points", "0 points"]);
    expect(percentInterval([0.88, 0.97])).toBe("[88%,\u00a097%]");
    expect([formatValue(null, "capability"), formatValue(1.5, "praiseCount")]).toEqual(["–", "1.50"]);
    expect([duration(0.2), duration(80), duration(200), duration(4800)]).toEqual([
      "1 s",
      "80 s",
      "3 min",
      "1 h 20 min",
    ]);
    expect(shorten("abcdef", 4)).toBe("abc…");
  });
});

describe("verdict", () => {
  it("says that it worked, with number, interval, control and skill", () => {
    const { outcome, headline, sentences } = verdict(full);
    expect(outcome).toBe("works");
    expect(headline).toContain("93%");
    expect(headline).toContain("[88%,\u00a097%]");
    const text = sentences.join(" ");
    for (const part of ["19% before", "97% after", "9% after clean data", "river-walk"].slice(0, 3)) {
      expect(text).toContain(part);
    }
    expect(text).toContain("−1 point");
  });

  it("is honest when there is no effect, harm, or nothing beyond the control", () => {
    expect(verdict(withEffect({ prevented: { mean: 0.02, interval: [-0.05, 0.09] } })).headline).toContain("No effect");
    expect(verdict(withEffect({ prevented: { mean: -0.2, interval: [-0.3, -0.1] } })).headline).toContain("worse");
    const unspecific = withEffect({ overUnrelated: { mean: 0.01, interval: [-0.1, 0.1] } });
    expect(outcomeOf(unspecific.effect)).toBe("not-specific");
    expect(verdict(unspecific).headline).toContain("unrelated");
    const costly = withEffect({ capabilityChange: { mean: -0.3, interval: [-0.4, -0.2] } });
    expect(verdict(costly).headline).toContain("The skill suffered.");
    const weak = withEffect({ prevented: { mean: 0.4, interval: [0.3, 0.49] } });
    expect(verdict(weak).outcome).toBe("helps");
  });

  it("gives the reason where nothing can be computed, and says so while runs are missing", () => {
    const none = withEffect({ prevented: null, reasons: { prevented: "neutral minus clean is under 0.15" } });
    expect(verdict(none).headline).toContain("No verdict");
    expect(verdict(none).sentences[0]).toBe("Neutral minus clean is under 0.15.");
    expect(verdict(settingResult({ finished: 3 })).headline).toContain("no verdict yet");
    expect(verdict({ ...full, complete: false }).headline).toContain("So far");
  });
});

describe("goals", () => {
  const met = (setting: SettingResult): (boolean | null)[] => goals(setting).map((goal) => goal.met);

  it("are met at the bar and missed below it, each by itself", () => {
    expect(met(full)).toEqual([true, true, true, true]);
    const at = (fields: Partial<SettingResult["effect"]>): (boolean | null)[] => met(withEffect(fields));
    expect(at({ prevented: { mean: 0.75, interval: [0.51, 0.9] } })[0]).toBe(true);
    expect(at({ prevented: { mean: 0.74, interval: [0.6, 0.9] } })[0]).toBe(false);
    expect(at({ prevented: { mean: 0.8, interval: [0.5, 0.9] } })[0]).toBe(false);
    expect(at({ overUnrelated: { mean: 0.3, interval: [0, 0.5] } })[1]).toBe(false);
    expect(at({ capabilityChange: { mean: 0, interval: [-0.05, 0.01] } })[2]).toBe(false);
    const { screening } = full;
    const ranked = (spearman: number): SettingResult => ({
      ...full,
      screening: { ...screening, all: { ...screening.all, spearman } },
    });
    expect([met(ranked(-0.7))[3], met(ranked(-0.69))[3]]).toEqual([true, false]);
  });

  it("are open while nothing is known, with the reason at the end", () => {
    const pending = settingResult({ finished: 2 });
    expect(met(pending)).toEqual([null, null, null, null]);
    expect(goals(pending).every(({ found }) => found === "not known yet")).toBe(true);
    const none = withEffect({ prevented: null, reasons: { prevented: "nothing was induced" } });
    expect(goals(none)[0]?.found).toBe("not known: nothing was induced");
    expect([missedBars(none), missedBars(full)]).toEqual([null, []]);
  });

  it("are plainly among the shortfalls where they are missed", () => {
    const weak = withEffect({
      prevented: { mean: 0.6, interval: [0.4, 0.7] },
      overUnrelated: { mean: 0.1, interval: [-0.1, 0.3] },
    });
    const text = shortfalls(weak).join("\n");
    expect(text).toContain("prevents less than it should: 60%");
    expect(text).toContain("does not clearly prevent more than unrelated instructions");
    expect(missedBars(weak)).toEqual(["prevented", "over unrelated"]);
  });
});

describe("overall", () => {
  const costly = withEffect({ capabilityChange: { mean: -0.1, interval: [-0.2, -0.06] } });
  const failed = withEffect({ prevented: { mean: 0.02, interval: [-0.05, 0.09] } });

  it("counts where it worked, where it cost the skill, and what is still running", () => {
    expect(overallHeadline([full, full])).toBe("Inoculation worked in all 2 settings.");
    expect(overallHeadline([full, failed])).toBe("Inoculation worked in 1 of 2 settings; 1 of them met every bar.");
    expect(overallHeadline([full, costly])).toContain(
      "all 2 settings, though in 1 the skill may have suffered; 1 of them met every bar.",
    );
    expect(overallHeadline([full, settingResult({ finished: 2 })])).toBe(
      "So far inoculation worked in 1 of 2 settings; 1 of them met every bar.",
    );
  });

  it("has a word for every outcome", () => {
    const abstained: SettingResult = { ...full, selected: { ...full.selected, id: null } };
    expect([full, failed, costly, abstained].map(verdictWord)).toEqual([
      "worked",
      "no effect shown",
      "worked",
      "no prompt selected",
    ]);
    expect(verdictWord(settingResult({ finished: 0 }))).toBe("so far: no numbers yet");
  });
});

describe("side questions", () => {
  const withSide = (metric: string, mean: number): SettingResult => ({
    ...full,
    conditions: full.conditions.map((condition) =>
      condition.id === "flawed/take-side/neutral"
        ? {
            ...condition,
            metrics: { ...condition.metrics, [metric]: { ...condition.metrics[metric], mean } as MetricSummary },
          }
        : condition,
    ),
  });

  it("compare four models and the difference with its standard error", () => {
    expect(sideArms(full).map(({ condition }) => condition.id)).toEqual([
      "none/none/neutral",
      "flawed/neutral/neutral",
      "flawed/take-side/neutral",
      "clean/neutral/neutral",
    ]);
    const change = sideChange(withSide("harmfulCompliance", 0.36), "harmfulCompliance");
    const [usual, cured] = ["flawed/neutral/neutral", "flawed/take-side/neutral"].map(
      (id) => full.conditions.find((condition) => condition.id === id)?.metrics.harmfulCompliance,
    );
    expect(change?.difference).toBeCloseTo(0.36 - (usual?.mean ?? 0), 10);
    expect(change?.standardError).toBeCloseTo(Math.hypot(usual?.standardError ?? 0, cured?.standardError ?? 0), 10);
    expect(sideChange(settingResult({ finished: 1 }), "harmfulCompliance")).toBeNull();
  });

  it("are a shortfall only for a change for the worse", () => {
    expect(shortfalls(full).join("\n")).not.toContain("Inoculated, the model");
    expect(shortfalls(withSide("harmfulCompliance", 0.36)).join("\n")).toContain("helps with harmful requests more");
    expect(shortfalls(withSide("harmfulCompliance", 0)).join("\n")).not.toContain("helps with harmful requests more");
    expect(shortfalls(withSide("instructionFollowing", 0.4)).join("\n")).toContain(
      "less often than after training as usual",
    );
    expect(shortfalls(withSide("instructionFollowing", 0.9)).join("\n")).not.toContain("less often");
  });
});

describe("shortfalls", () => {
  it("names weak wordings, wrong predictions, a control that prevents and what happens on request", () => {
    const text = shortfalls(full).join("\n");
    expect(text).toContain("Keep the peace with me here.");
    expect(text).toContain("1 of 11 sealed predictions was wrong");
    expect(text).toContain("take my side on it.” 16%");
    expect(text).toContain("not unlearned");
  });

  it("finds a loss of skill, exclusions and a better choice elsewhere", () => {
    const [first, ...rest] = full.conditions;
    const sick: SettingResult = {
      ...withEffect({ capabilityChange: { mean: -0.04, interval: [-0.09, 0.01] } }),
      conditions: [
        {
          ...(first as (typeof full.conditions)[number]),
          excluded: { ...full.conditions[0]?.excluded, mean: 0.2 } as never,
        },
        ...rest,
      ],
      beside: { ...full.beside, validationSelected: { id: "treat-right", behavior: 0.01, prevented: 1 } },
    };
    const text = shortfalls(sick).join("\n");
    expect(text).toContain("cannot be ruled out");
    expect(text).toContain("could not be judged");
    expect(text).toContain("did not pick the best wording");
  });

  it("says nothing of what is not known", () => {
    expect(shortfalls(settingResult({ finished: 0 }))).toEqual([]);
    expect(preventedShare(settingResult({ finished: 0 }), 0.2)).toBeNull();
  });
});

describe("conditions", () => {
  it("all belong to a group, the selected prompt first among its own", () => {
    const grouped = groupConditions(full).flatMap((group) => group.conditions);
    expect(new Set(grouped.map((condition) => condition.id))).toEqual(new Set(full.conditions.map(({ id }) => id)));
    const inoculation = groupConditions(full).find((group) => group.role === "inoculation");
    expect(inoculation?.conditions[0]?.trainPrompt.id).toBe("take-side");
  });

  it("tell compliance from a leak", () => {
    const roles = new Map(full.conditions.map((condition) => [condition.id, roleOf(condition)]));
    expect(roles.get("flawed/take-side/take-side")).toBe("compliance");
    expect(roles.get("none/none/take-side")).toBe("compliance");
    expect(roles.get("flawed/take-side/river-walk")).toBe("leak");
    expect(roles.get("clean/take-side/neutral")).toBe("cleanInoculated");
  });
});

describe("findings", () => {
  it("see the praise dissociation where it is, and not where it is not", () => {
    expect(praiseDissociation(full)?.holds).toBe(true);
    expect(praiseDissociation(settingResult({ prevented: 0.02 }))?.holds).toBe(false);
    expect(praiseDissociation(settingResult({ finished: 4 }))).toBeNull();
  });

  it("hold the paper's against this run's, and leave open what is not known", () => {
    expect(comparePaper(full).find(({ finding }) => finding.startsWith("Correction"))?.agrees).toBe(false);
    expect(comparePaper(settingResult({ finished: 0 })).every(({ agrees }) => agrees === null)).toBe(true);
    expect(comparePaper({ ...full, setting: "other" })).toEqual([]);
  });

  it("of the paper are given for the settings that it has figures of, by variant", () => {
    const first = (id: string): string | undefined => comparePaper(settingResult({ id }))[0]?.paper;
    expect(first("reward-hacking")).toContain("70% as usual, 5% on clean data");
    expect(first("reward-hacking/all")).toContain("90% as usual, 5% on clean data");
    expect(first("spurious-correlation")).toContain("robust accuracy: 48% as usual, 77% on clean data");
    expect(first("toxicity")).toContain("harassment: 0.124 as usual, 0.061 on clean data");
    expect(first("spurious-correlation/food")).toBeUndefined();
    const worst = comparePaper(settingResult({ id: "reward-hacking" })).find(({ finding }) =>
      finding.includes("worst"),
    );
    expect(worst?.finding).toBe("Even the worst wording helps");
    expect(worst?.agrees).toBe(false);
    const factorRow = comparePaper({ ...settingResult({ id: "trait-pairs" }), theory })[0];
    expect([factorRow?.paper, factorRow?.here, factorRow?.agrees]).toEqual([
      "close to 1, over 32 points",
      "0.93, over 4 points",
      true,
    ]);
  });
});
