import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { withOwnPrompts } from "../../src/experiment/ownPrompts.ts";
import { type ScreenOptions, screenOnce } from "../../src/experiment/screenOnce.ts";
import { UserError } from "../../src/util/errors.ts";
import { newFolder, toyModel, toyParts } from "./folders.ts";
import { toySetting } from "./toyParts.ts";

describe("wordings of one's own", () => {
  test("stand beside the setting's prompts, each once; known ones keep their name", () => {
    const known = toySetting.prompts.find(({ kind }) => kind === "inoculation")?.text ?? "";
    const { setting, prompts } = withOwnPrompts(toySetting, ["Do it.", known, "Do it.", "Do it now."]);
    expect(prompts.map(({ text }) => text)).toEqual(["Do it.", known, "Do it now."]);
    expect(prompts.map(({ kind }) => kind)).toEqual(["inoculation", "inoculation", "inoculation"]);
    expect(setting.prompts.length).toBe(toySetting.prompts.length + 2);
    expect(new Set(setting.prompts.map(({ id }) => id)).size).toBe(setting.prompts.length);
    expect(withOwnPrompts(toySetting, []).setting).toBe(toySetting);
    expect(() => withOwnPrompts(toySetting, ["Do it.", " "])).toThrow(UserError);
  });
});

describe("screening alone", () => {
  let options: ScreenOptions & { folder: string };

  beforeEach(() => {
    const folder = newFolder();
    options = {
      folder: join(folder, "runs"),
      base: toyModel(folder),
      parts: toyParts,
      workers: 1,
      items: { screen: 60 },
    };
  });

  test("measures both sides of every prompt, ranks, predicts, and seals before anything is trained", async () => {
    const outcome = await screenOnce("toy", { ...options, prompts: ["A wording of mine."] });
    const rates = outcome.points.map(({ elicitationRate }) => elicitationRate);
    expect(rates).toEqual(rates.toSorted((a, b) => b - a));
    expect(outcome.points.map(({ text }) => text)).toContain("A wording of mine.");
    for (const point of outcome.points) {
      const [low, high] = point.elicitationGainInterval;
      expect(point.elicitationGain).toBeGreaterThanOrEqual(low);
      expect(point.elicitationGain).toBeLessThanOrEqual(high);
      expect(point.capabilityShift).not.toBeNull();
      expect(point.lossContrast).not.toBeNull();
    }
    const neutral = outcome.points.find(({ kind }) => kind === "neutral");
    expect(neutral).toMatchObject({ elicitationGain: 0, capabilityShift: 0, lossGain: 0, lossContrast: 0 });
    expect(outcome.predictions).toHaveLength(outcome.points.length - 1);
    expect(outcome.selected.id).not.toBeNull();
    const again = await screenOnce("toy", { ...options, prompts: ["A wording of mine."] });
    expect(again).toEqual({ ...outcome, reused: true });
  });

  test("a worker makes one grader for all its jobs, and none of them closes it", async () => {
    const log = join(options.folder, "..", "graders.log");
    process.env.TOY_GRADERS = log;
    const parts = new URL("./countingParts.ts", import.meta.url).href;
    try {
      const counted = await screenOnce("toy", { ...options, parts });
      const plain = await screenOnce("toy", { ...options, folder: `${options.folder}-plain` });
      expect(counted.points).toEqual(plain.points);
    } finally {
      delete process.env.TOY_GRADERS;
    }
    const lines = readFileSync(log, "utf8").trim().split("\n");
    const own = lines.filter((line) => line.startsWith(`${process.pid} `));
    const workers = lines.filter((line) => !own.includes(line)).map((line) => line.split(" ")[1]);
    expect(workers).toEqual(["made"]);
    expect(own).toEqual([`${process.pid} made`, `${process.pid} closed`]);
  });
});
