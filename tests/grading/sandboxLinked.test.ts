import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { expect, test } from "vitest";
import { isBuildStale } from "../../scripts/prepare.mjs";
import type * as Sandbox from "../../src/grading/pythonTests.ts";

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));

test.skipIf(isBuildStale() || process.platform === "win32")(
  "the built sandbox starts where packages are links, as pnpm lays them out",
  { timeout: 60_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "inoculate-linked-"));
    try {
      writeFileSync(join(folder, "package.json"), '{"type":"module"}');
      for (const room of ["grading", "util", "stats", "data"])
        cpSync(path(`dist/${room}`), join(folder, "dist", room), { recursive: true });
      mkdirSync(join(folder, "node_modules"));
      for (const name of ["pyodide", "zod"])
        symlinkSync(path(`node_modules/${name}`), join(folder, "node_modules", name));
      const file = pathToFileURL(join(folder, "dist/grading/pythonTests.js")).href;
      const { createPythonTester }: typeof Sandbox = await import(file);
      const tester = createPythonTester();
      const [outcome] = await tester
        .test([{ id: "a", solution: "def f(x): return x", tests: ["assert f(1) == 1"] }])
        .finally(() => tester.close());
      expect(outcome?.tests.map(({ passed }) => passed)).toEqual([true]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
