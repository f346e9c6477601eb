import { expect, test } from "vitest";
import { remembered } from "../../src/experiment/remembered.ts";
import type { Setting } from "../../src/settings/setting.ts";
import { getSetting } from "./toyParts.ts";

function counting(): { setting: Setting; calls: string[] } {
  const calls: string[] = [];
  const toy = getSetting("toy");
  const setting: Setting = {
    ...toy,
    train: (options) => {
      calls.push(`train ${options.seed}`);
      return toy.train(options);
    },
    items: (set, options) => {
      calls.push(`items ${set} ${options.perGroup}`);
      return toy.items(set, options);
    },
  };
  return { setting: remembered(setting), calls };
}

test("gives what the setting gives, and asks it once", () => {
  const toy = getSetting("toy");
  const { setting, calls } = counting();
  for (let again = 0; again < 2; again++) {
    for (const perGroup of [3, 5]) {
      expect(setting.items("test", { perGroup })).toEqual(toy.items("test", { perGroup }));
    }
    expect(setting.items("screen", { perGroup: 3 })).toEqual(toy.items("screen", { perGroup: 3 }));
    expect(setting.train({ data: "flawed", seed: 1, rows: 4 })).toEqual(
      toy.train({ data: "flawed", seed: 1, rows: 4 }),
    );
  }
  expect(calls).toEqual(["items test 3", "items test 5", "items screen 3", "train 1"]);
});

test("lets go of the rows that were asked for longest ago, and gives the same ones again", () => {
  const { setting, calls } = counting();
  const rows = (seed: number) => setting.train({ data: "flawed", seed, rows: 2 });
  const first = rows(0);
  for (let seed = 1; seed <= 20; seed++) rows(seed);
  const before = calls.length;
  rows(20);
  expect(calls).toHaveLength(before);
  expect(rows(0)).toEqual(first);
  expect(calls).toHaveLength(before + 1);
});
