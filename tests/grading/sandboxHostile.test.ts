import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createPythonTester } from "../../src/grading/pythonTests.ts";
import { hostilePrograms, type Targets } from "./hostilePrograms.ts";

const secret = "a secret of the host";
const targets: Targets = { folder: "", variable: "INOCULATE_TEST_SECRET", port: 0, mark: `31415.${process.pid}` };
let connections = 0;
const server = createServer((socket) => {
  connections++;
  socket.end(secret);
});
const tester = createPythonTester({ workers: 2, timeoutMs: 200, memoryMb: 96, outputBytes: 10_000 });

beforeAll(async () => {
  targets.folder = await mkdtemp(join(tmpdir(), "inoculate-hostile-"));
  await writeFile(join(targets.folder, "secret.txt"), secret);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  targets.port = (server.address() as AddressInfo).port;
  process.env[targets.variable] = secret;
});
afterAll(async () => {
  Reflect.deleteProperty(process.env, targets.variable);
  server.close();
  await Promise.all([tester.close(), rm(targets.folder, { recursive: true })]);
});

/** Processes of this machine with the mark on their command line. */
function marked(): string[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").filter((entry) => {
    try {
      return /^\d+$/.test(entry) && readFileSync(`/proc/${entry}/cmdline`, "utf8").includes(targets.mark);
    } catch {
      return false;
    }
  });
}

test("hostile programs leave the host and every other solution's grade as they are", { timeout: 600_000 }, async () => {
  const programs = Object.entries(hostilePrograms(targets));
  expect(programs.length).toBeGreaterThanOrEqual(60);
  const solutions = programs.flatMap(([id, body], i) => {
    const lines = body.split("\n").map((line) => `    ${line}`);
    const tests = [
      `assert f() in (3, ${JSON.stringify(secret)})`,
      "assert f() == 3",
      `assert f() == ${JSON.stringify(secret)}`,
    ];
    const hostile = { id, solution: ["def f():", ...lines].join("\n"), tests };
    // Every other one is right, the rest is wrong in its second test.
    const honest = {
      id: `honest ${i}`,
      solution: `import math\ndef f(xs): return sorted(xs)[${i % 2}:] + [len(xs), ${i}, math.sqrt(4)]`,
      tests: [`assert f([1]) == [${i % 2 ? "" : "1, "}1, ${i}, 2]`, `assert f([2, 1]) == [1, 2, 2, ${i}, 2]`],
    };
    return [hostile, honest];
  });
  const outcomes = await tester.test(solutions);
  for (const [i] of programs.entries()) {
    const [hostile, honest] = [outcomes[2 * i], outcomes[2 * i + 1]];
    expect([hostile?.id, hostile?.tests.map(({ passed }) => passed)]).toEqual([
      programs[i]?.[0],
      [false, false, false],
    ]);
    expect([honest?.id, honest?.tests.map(({ passed }) => passed)]).toEqual([`honest ${i}`, [true, i % 2 === 0]]);
  }
  expect(connections).toBe(0);
  expect(marked()).toEqual([]);
  expect(await readdir(targets.folder)).toEqual(["secret.txt"]);
  expect(await readFile(join(targets.folder, "secret.txt"), "utf8")).toBe(secret);
});
