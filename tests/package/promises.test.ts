import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { isBuildStale } from "../../scripts/prepare.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (file: string): string => readFileSync(join(root, file), "utf8");

interface Locked {
  version?: string;
  integrity?: string;
  resolved?: string;
  license?: string;
  hasInstallScript?: boolean;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
}
const manifest = JSON.parse(read("package.json"));
const locked = JSON.parse(read("package-lock.json")).packages as Record<string, Locked>;

/** Text files of the repository, without what is installed, built or measured. */
function ownFiles(folder = ""): string[] {
  const skipped = new Set([".git", "node_modules", "dist", "runs", "coverage", "package-lock.json"]);
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (skipped.has(entry.name)) return [];
    if (entry.isDirectory()) return ownFiles(path);
    return /(\.(ts|mjs|js|json|md|py|sh|html|css|yaml)|\/run|LICENSE|\.npmrc)$/.test(path) ? [path] : [];
  });
}

test("exact versions, and a lockfile that agrees with them", () => {
  const wanted = { ...manifest.dependencies, ...manifest.devDependencies } as Record<string, string>;
  for (const [name, version] of Object.entries(wanted)) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
    expect(locked[`node_modules/${name}`]?.version, name).toBe(version);
  }
  expect(locked[""]?.dependencies).toEqual(manifest.dependencies);
  expect(locked[""]?.devDependencies).toEqual(manifest.devDependencies);
});

test("the lockfile has a checksum for every package and no download address", () => {
  for (const [path, { integrity, resolved }] of Object.entries(locked)) {
    if (path === "") continue;
    expect(resolved, path).toBeUndefined();
    expect(integrity, path).toMatch(/^sha512-/);
  }
});

test("nothing needs an install script", () => {
  expect(read(".npmrc")).toMatch(/^ignore-scripts=true$/m);
  for (const hook of ["preinstall", "install", "postinstall", "prepare"])
    expect(manifest.scripts).not.toHaveProperty(hook);
  // They fetch CUDA libraries, check a binary, or build what comes built; none is needed to run or to test.
  const allowed = ["node_modules/esbuild", "node_modules/koffi", "node_modules/onnxruntime-node"];
  expect(Object.keys(locked).filter((path) => path && locked[path]?.hasInstallScript)).toEqual(allowed);
});

test("MIT, here and in a file", () => {
  expect(manifest.license).toBe("MIT");
  expect(read("LICENSE")).toMatch(/^MIT License/);
});

test("every dependency has its reason in the architecture notes", () => {
  const notes = read("docs/architecture.md");
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.devDependencies })) {
    expect(notes).toContain(`\`${name}\``);
  }
});

test.skipIf(isBuildStale())(
  "the package holds the build, the model, the notes and the examples, and nothing else",
  () => {
    const packed = JSON.parse(
      execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: root, encoding: "utf8", stdio: "pipe" }),
    ) as [{ files: { path: string }[] }];
    const paths = packed[0].files.map(({ path }) => path);
    for (const needed of [
      "dist/cli/main.js",
      "dist/index.js",
      "dist/index.d.ts",
      "LICENSE",
      "README.md",
      "CHANGELOG.md",
      "examples/first-plan.yaml",
      "native/linux-x64/kernels-amx.so",
    ]) {
      expect(paths).toContain(needed);
    }
    for (const file of ["config.json", "tokenizer.json", "model.safetensors"]) {
      expect(paths).toContain(`models/tiny/${file}`);
    }
    const allowed =
      /^(dist\/|native\/|models\/tiny\/|models\/calibration\.json$|docs\/|examples\/|package\.json|LICENSE|README\.md|CHANGELOG\.md)/;
    expect(paths.filter((path) => !allowed.test(path))).toEqual([]);
    expect(paths.filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"))).toEqual([]);
  },
);

test.skipIf(isBuildStale() || process.platform === "win32")("the built command can be executed", () => {
  expect(execFileSync(join(root, manifest.bin.inoculate), ["--version"], { encoding: "utf8" })).toBe(
    `${manifest.version}\n`,
  );
});

test("no path of a machine and no registry's address stands in the repository", () => {
  const folders = ["work", "root", "farm"].join("|");
  const forbidden = [
    new RegExp(`(^|[^A-Za-z0-9_.$}])/(${folders})/`),
    new RegExp(`https?://[a-z0-9.-]*(${["registry", "pypi", "debian"].join("|")})\\.`),
  ];
  const found = ownFiles().flatMap((file) =>
    read(file)
      .split("\n")
      .flatMap((line, i) =>
        forbidden.some((pattern) => pattern.test(line)) ? [`${file}:${i + 1}: ${line.trim()}`] : [],
      ),
  );
  expect(found).toEqual([]);
});

test("files are short (a guide: longer ones are named, not refused)", () => {
  const long = ownFiles("src").filter((file) => read(file).split("\n").length > 300);
  if (long.length > 0) console.warn(`Over 300 lines: ${long.join(", ")}`);
});
