import { expect, test } from "vitest";
import { withKeptGrader } from "../../src/experiment/keptGrader.ts";
import type { Setting } from "../../src/settings/setting.ts";
import { toySetting } from "./toyParts.ts";

test("one grader serves all jobs, and none of them closes it", async () => {
  let [created, closed] = [0, 0];
  const counting: Setting = {
    ...toySetting,
    createGrader: () => {
      created++;
      const grader = toySetting.createGrader();
      return { ...grader, grade: (...args) => grader.grade(...args), close: async () => void closed++ };
    },
  };
  const setting = withKeptGrader(counting);
  expect(created).toBe(0);
  const [first, second] = [setting.createGrader(), setting.createGrader()];
  await first.close();
  const [item] = toySetting.items("screen", { perGroup: 1 });
  if (item === undefined) throw new Error("the toy setting has items");
  const request = { itemId: item.id, messages: item.messages, reference: item.reference, completion: "yes" };
  const own = toySetting.createGrader();
  expect(await second.grade([request])).toEqual(await own.grade([request]));
  expect([second.id, second.version]).toEqual([own.id, own.version]);
  expect([created, closed]).toEqual([1, 0]);
});
