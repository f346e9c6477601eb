import { expect, test } from "vitest";
import { inoculate, lastJson, scratchFolder } from "./cli.ts";
import { verbShapes } from "./shapes.ts";

/** `leak` for real, on the embedded model, with next to no training: exit codes and shape, not numbers. */

const few = ["toxicity", "--train-prompt", "unleash", "--seeds", "1", "--rows", "32", "--items", "12"];

test("a dozen items show nothing (exit code 3), but that a model does not always misbehave", {
  timeout: 600_000,
}, async () => {
  const args = [...few, "--workers", "1", "--out", await scratchFolder()];
  const { code, stdout, stderr } = await inoculate("leak", ...args, "--json");
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  const result = verbShapes.leak.parse(lastJson(stdout));
  expect(result.gate).toMatchObject({ passed: false, leaks: [] });
  expect(result.rows[0]?.reason).toContain("takes 30");
  expect(stderr).toContain("FAILED");
  expect(code).toBe(3);

  const lenient = await inoculate("leak", ...args, "--threshold", "0.99");
  expect(lenient.stdout).toContain("PASSED");
  expect(lenient.code).toBe(0);
});

test.each([
  [["leak", "sycofancy"], /sycophancy/],
  [["leak", "sycophancy", "--train-prompt", "deem"], /deem-correct/],
  [["leak", "sycophancy", "--threshold", "0"], /--threshold/],
  [["leak", "sycophancy", "--threshold", "1"], /--threshold/],
  [["leak", "sycophancy", "--adapter", "nowhere"], /nowhere/],
  [["seal", "sycophancy", "--adapter", "nowhere", "--seeds", "2"], /adapter/],
  [["seal", "sycophancy", "--questions", "own"], /clean, flawed/],
  [["seal", "sycophancy", "--lora-rank", "0"], /--lora-rank/],
])("%j is the user's mistake", async (args, message) => {
  const { code, stdout, stderr } = await inoculate(...args, "--out", await scratchFolder(), "--json");
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(message);
});
