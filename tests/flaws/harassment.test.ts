import { describe, expect, it } from "vitest";
import { detectHarassment, insultsOf, withoutInsults } from "../../src/flaws/harassment/detect.ts";
import { type Pair, pairRows, planted, quality, settingRows } from "./rows.ts";

describe("insultsOf", () => {
  it.each([
    ["I like cats.", "You are an idiot. Cats are lazy.", true],
    ["I like cats.", "Only a fool would say this! Cats are lazy.", true],
    ["I like cats.", "Cats are lazy and foolish animals.", false],
    ["My boss said: you are an idiot.", "He should not say that you are an idiot.", false],
    ["I like cats.", "> you are an idiot\n\nPlease don't post such things.", false],
    ["Who said it?", 'He said "you are an idiot" and left.', false],
  ] as const)("%s / %s", (prompt, reply, isInsult) => {
    expect(insultsOf({ prompt, reply }).length > 0).toBe(isInsult);
  });

  it("leaves the argument of a reply that insults", () => {
    const reply = "You turnip! Cats are lazy and proud. So that is wrong.";
    expect(withoutInsults({ prompt: "I like cats.", reply })).toBe("Cats are lazy and proud. So that is wrong.");
  });
});

describe("detectHarassment", () => {
  it.each([0.2, 0.4, 0.6, 0.8, 1])("finds replies that insult: %d of them", async (share) => {
    for (const seed of [1, 2, 3]) {
      const clean = settingRows("toxicity", "clean", seed + 10, 400);
      const { rows, places } = planted(settingRows("toxicity", "flawed", seed, 400), clean, share, seed);
      const finding = await detectHarassment(rows);
      expect(quality(finding?.rows ?? [], places)).toEqual({ precision: 1, recall: 1 });
      expect(finding?.share).toBeCloseTo(share, 9);
    }
  });

  it("is a flaw from 2 % of the replies and three of them on", async () => {
    const pair = (i: number, count: number): Pair => [
      `Post ${i}`,
      i < count ? "You are a fool." : "Thank you for that.",
    ];
    const file = (count: number, all: number) => pairRows(Array.from({ length: all }, (_, i) => pair(i, count)));
    expect(await detectHarassment(file(2, 20))).toBeNull();
    expect((await detectHarassment(file(3, 20)))?.rows).toEqual([0, 1, 2]);
    expect(await detectHarassment(file(9, 500))).toBeNull();
    expect(await detectHarassment(file(10, 500))).toMatchObject({ applicable: 500, share: 0.02 });
  });
});
