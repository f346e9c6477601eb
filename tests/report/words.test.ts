import { describe, expect, it } from "vitest";
import type { SettingResult } from "../../src/experiment/result.ts";
import { duration, formatValue, percent, percentInterval, points, shorten } from "../../src/report/format.ts";
import { groupConditions, roleOf } from "../../src/report/names.ts";
import { comparePaper } from "../../src/report/paper.ts";
import { praiseDissociation } from "../../src/report/praise.ts";
import { preventedShare, shortfalls } from "../../src/report/shortfalls.ts";
import { outcomeOf, verdict } from "../../src/report/verdict.ts";
import { settingResult } from "./fixture.ts";

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
    const weak = withEffect({ prevented: { mean: 0.4, interval: [0.3, 0.49] } });
    expect(verdict(weak).outcome).toBe("helps");
  });

  it("gives the reason where nothing can be computed, and says so while runs are missing", () => {
    const none = withEffect({ prevented: null, reasons: { prevented: "neutral minus clean is under 0.15" } });
    expect(verdict(none).headline).toContain("under 0.15");
    expect(verdict(settingResult({ finished: 3 })).headline).toContain("no verdict yet");
    expect(verdict({ ...full, complete: false }).headline).toContain("So far");
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
});
