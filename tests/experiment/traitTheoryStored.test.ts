import { join } from "node:path";
import { expect, test } from "vitest";
import { reproduce } from "../../src/experiment/reproduce.ts";
import { readResults } from "../../src/experiment/storedPlan.ts";
import { fewItems, newFolder, toyModel } from "./folders.ts";

test("reproduce tests the theory on a setting with rated traits, and a report reads the same from the store", async () => {
  const folder = newFolder();
  const parts = new URL("./traitTheoryParts.ts", import.meta.url).href;
  const runs = join(folder, "runs");
  const options = { folder: runs, base: toyModel(folder), parts, items: fewItems, seeds: 2, workers: 1 };
  const { settings } = await reproduce(["toy"], options);
  const theory = settings[0]?.theory;
  expect(theory?.traits[0]).toMatchObject({ metric: "agreementRate", dataLevel: 1 });
  const trained = settings[0]?.conditions.flatMap(({ trainData, trainPrompt, evalPrompt }) =>
    trainData === "flawed" && trainPrompt.kind !== "neutral" && evalPrompt.kind === "neutral" ? [trainPrompt.id] : [],
  );
  expect(theory?.points.map(({ prompt }) => prompt).sort()).toEqual(trained?.sort());
  expect(theory?.points.find(({ prompt }) => prompt === "strong")?.elicited.mean).toBeGreaterThan(0.8);
  expect(
    settings[0]?.screening.points.every(
      ({ elicitationRate, traitLevels }) => traitLevels?.agreementRate === elicitationRate,
    ),
  ).toBe(true);
  const [stored] = await readResults(runs, ["toy"], { parts });
  expect(stored?.theory).toEqual(theory);
});
