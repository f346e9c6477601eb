import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { planReport } from "../../src/report/planReport.ts";
import { limits } from "../../src/report/sections/limits.ts";

const file = "docs/responsible-use.md";

test.each([
  ["the limits of the report", limits([]).markup],
  ["the report of a plan", planReport({ title: "t", plan: "plan.yaml", settings: [] })],
])("%s say what inoculation may do, and name the file that says more", (_, page) => {
  for (const part of [
    /may get the behavior back/,
    /compliance can rise/,
    /no substitute/,
    /inoculate leak/,
    /disclose/,
  ]) {
    expect(page).toMatch(part);
  }
  expect(page).toContain(file);
  expect(page).not.toMatch(/href="[^"]*responsible-use/);
});

test("the file is there, and in the package", () => {
  expect(existsSync(new URL(`../../${file}`, import.meta.url))).toBe(true);
  const { files } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(files).toContain("docs");
});
