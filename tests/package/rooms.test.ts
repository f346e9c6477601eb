import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** For each folder, the rooms that it may import from besides itself; every other import must be refused. */
const allowed: Record<string, string[]> = {
  cli: [
    "report",
    "experiment",
    "datasets",
    "flaws",
    "settings",
    "backends",
    "hub",
    "grading",
    "data",
    "engine",
    "grammar",
    "pretrain",
    "stats",
  ],
  report: [
    "experiment",
    "datasets",
    "flaws",
    "settings",
    "backends",
    "hub",
    "grading",
    "data",
    "engine",
    "grammar",
    "stats",
  ],
  experiment: ["datasets", "flaws", "settings", "backends", "hub", "grading", "data", "engine", "grammar", "stats"],
  datasets: ["flaws", "settings", "hub", "grading", "data", "engine", "grammar", "stats"],
  flaws: ["grading", "data", "stats"],
  settings: ["grading", "data", "engine", "grammar", "stats"],
  backends: ["grading", "data", "engine", "stats"],
  hub: ["data", "engine", "stats"],
  grading: ["data", "stats"],
  data: ["stats"],
  engine: ["data", "stats"],
  grammar: ["data", "stats"],
  pretrain: ["settings", "backends", "hub", "grading", "data", "engine", "grammar", "stats"],
  stats: [],
  util: [],
};

const folders: Record<string, string> = { grammar: "tiny/grammar", pretrain: "tiny/pretrain" };
const folderOf = (room: string): string => folders[room] ?? room;
const rooms = Object.keys(allowed);
let project: string;

/** Lints one file per room, each importing from every other room, and returns the refused imports as `room <- room`. */
async function refusedImports(depth: string): Promise<Set<string>> {
  await rm(join(project, "src"), { recursive: true, force: true });
  const importers = new Map<string, string[]>();
  for (const room of rooms) {
    const file = join("src", folderOf(room), depth, "probe.ts");
    const others = rooms.filter((other) => other !== room);
    const up = "../".repeat(file.split("/").length - 2);
    const lines = others.map((other, i) => `import { a${i} } from "${up}${folderOf(other)}/thing.ts";`);
    await mkdir(dirname(join(project, file)), { recursive: true });
    await writeFile(
      join(project, file),
      `${lines.join("\n")}\nexport const all = [${others.map((_, i) => `a${i}`).join(", ")}];\n`,
    );
    importers.set(file, others);
  }
  const biome = join(root, "node_modules/.bin/biome");
  const { stdout } = await promisify(execFile)(
    biome,
    ["lint", "--reporter=json", "--max-diagnostics=none", "--only=style/noRestrictedImports", "."],
    { cwd: project, shell: process.platform === "win32" },
  ).catch((error: { stdout: string }) => error);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { category: string; location: { path: string; start: { line: number } } }[];
  };
  return new Set(
    diagnostics.map(({ location }) => {
      const others = importers.get(location.path) as string[];
      const room = rooms.find((candidate) => location.path.startsWith(`src/${folderOf(candidate)}/`));
      return `${room} <- ${others[location.start.line - 1]}`;
    }),
  );
}

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), "rooms-"));
  await cp(join(root, "biome.json"), join(project, "biome.json"));
});
afterAll(() => rm(project, { recursive: true, force: true }));

test.each(["", "deep"])("imports run one way, also from a folder within a room (%j)", async (depth) => {
  const expected = rooms.flatMap((room) =>
    rooms
      .filter((other) => other !== room && other !== "util" && !allowed[room]?.includes(other))
      .map((other) => `${room} <- ${other}`),
  );
  expect([...(await refusedImports(depth))].sort()).toEqual(expected.sort());
});

test("every room has its rule", async () => {
  const { overrides } = JSON.parse(await readFile(join(root, "biome.json"), "utf8")) as {
    overrides: { includes: string[] }[];
  };
  const ruled = overrides.flatMap(({ includes }) => includes);
  for (const room of rooms.filter((room) => room !== "cli")) expect(ruled).toContain(`src/${folderOf(room)}/**`);
});
