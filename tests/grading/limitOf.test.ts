import { expect, test } from "vitest";
import { allOrStop } from "../../src/grading/llm/allOrStop.ts";
import { limitOf } from "../../src/grading/llm/limitOf.ts";

test("pieces run in the order they came, never more than the limit at once", async () => {
  const limited = limitOf(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const work = (index: number) => async (): Promise<number> => {
    begun.push(index);
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, index % 4));
    running--;
    return index * 2;
  };
  const indices = Array.from({ length: 20 }, (_, index) => index);
  expect(await Promise.all(indices.map((index) => limited(work(index))))).toEqual(indices.map((index) => index * 2));
  expect(begun).toEqual(indices);
  expect(most).toBe(3);
});

test("once a piece has failed, nothing that waited is begun, however far its failure has to travel", async () => {
  const limited = limitOf(2);
  const begun: number[] = [];
  const travelling = async (index: number, giveUp: AbortSignal): Promise<void> => {
    const work = async (): Promise<void> => {
      begun.push(index);
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (index === 1) throw new Error("down");
      await new Promise((resolve) => setTimeout(resolve, 20));
    };
    let result = limited(work, [giveUp]);
    for (let hop = 0; hop < 50; hop++) result = result.then((value) => value);
    await result;
  };
  await expect(allOrStop([0, 1, 2, 3, 4], travelling)).rejects.toThrow("down");
  expect(begun).toEqual([0, 1]);
});

test("a failure frees its place for those that go on", async () => {
  const limited = limitOf(1);
  const results = await Promise.allSettled([
    limited(async () => {
      throw new Error("down");
    }),
    limited(async () => "next"),
  ]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "fulfilled"]);
  expect(await limited(async () => "later")).toBe("later");
});
