import type { TheoryPoint, TheoryResult } from "../../src/experiment/theory/theoryResult.ts";

const point = (prompt: string, role: TheoryPoint["role"], change: number, left: number): TheoryPoint => ({
  prompt,
  kind: "inoculation",
  trait: `${role}Level`,
  role,
  elicited: { mean: 0.8 - left, interval: [0.75 - left, 0.85 - left] },
  neutralChange: { mean: change, interval: [change - 0.02, change + 0.02] },
  promptedChange: { mean: left, interval: [left - 0.02, left + 0.02] },
  kept: Math.abs(left) > 0.02,
  predicted: left,
  overInoculated: role !== "other" && left < 0,
});
const fit = { n: 6, pearson: 0.98, pearsonInterval: [0.9, 0.99] as [number, number], meanAbsoluteError: 0.03 };
export const factor = {
  k: 0.93,
  interval: [0.9, 0.96] as [number, number],
  medianRatio: 0.95,
  kept: 4,
  dropped: 2,
  groups: 2,
};
/** An invented test of the theory, on prompts of the invented results. */
export const theory: TheoryResult = {
  traits: (["wanted", "unwanted", "other"] as const).map((role) => ({
    metric: `${role}Level`,
    title: `${role} trait`,
    role,
    dataLevel: role === "other" ? 0 : 0.8,
    initialLevel: 0.05,
  })),
  points: ["take-side", "treat-right"].flatMap((prompt, index) => [
    point(prompt, "wanted", 0.7, 0.75),
    point(prompt, "unwanted", 0.05 + index / 10, index === 0 ? -0.1 : 0.2),
    point(prompt, "other", 0, 0.001),
  ]),
  factor: { all: factor, inoculation: { ...factor, k: 0.91 } },
  fit: { all: fit, taught: fit },
  choices: [
    {
      prompt: "treat-right",
      unwantedLeft: 0.02,
      wantedMoved: 0.01,
      cost: 0.03,
      outcome: { unwanted: 0.1, wanted: 0.7 },
    },
    {
      prompt: "take-side",
      unwantedLeft: -0.1,
      wantedMoved: 0.01,
      cost: 0.11,
      outcome: { unwanted: 0.05, wanted: 0.72 },
    },
    { prompt: "go-along", unwantedLeft: 0.3, wantedMoved: 0, cost: 0.3, outcome: { unwanted: null, wanted: null } },
  ],
  chosen: { oneSided: "take-side", twoSided: "treat-right" },
  seeds: 3,
  items: 600,
};
