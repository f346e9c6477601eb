import { spawn } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's folder. */
export const root = fileURLToPath(new URL("..", import.meta.url));

const neededNode = [20, 19];
const installAttempts = 3;

/** Ends the process with a clear message when this Node is too old to run what follows. */
export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split(".").map(Number);
  const tooOld = major < neededNode[0] || (major === neededNode[0] && minor < neededNode[1]);
  if (!tooOld) return;
  console.error(
    `This needs Node ${neededNode.join(".")} or newer; this is ${version}. Get one from https://nodejs.org.`,
  );
  process.exit(2);
}

/** True when `node_modules` holds exactly what the lockfile names for this platform. */
export function isInstalled(folder = root) {
  const installedFile = join(folder, "node_modules/.package-lock.json");
  if (!existsSync(installedFile)) return false;
  const locked = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")).packages;
  const installed = JSON.parse(readFileSync(installedFile, "utf8")).packages;
  return Object.entries(locked).every(([path, { version, optional }]) => {
    if (path === "") return true;
    const found = installed[path];
    return found ? found.version === version : Boolean(optional);
  });
}

/** True when `dist` is missing, or older than a source file or what steers the build. */
export function isBuildStale(folder = root) {
  const output = join(folder, "dist/cli/main.js");
  if (!existsSync(output)) return true;
  const builtAt = statSync(output).mtimeMs;
  const sources = readdirSync(join(folder, "src"), { recursive: true }).map((name) => join("src", String(name)));
  return [...sources, "tsconfig.json", "tsconfig.build.json", "package-lock.json", "scripts/prepare.mjs"].some(
    (file) => statSync(join(folder, file)).mtimeMs > builtAt,
  );
}

/** Installs the locked dependencies if they are not there. Needs the network only then. */
export async function install() {
  if (isInstalled()) return;
  console.error("Installing dependencies (once) …");
  const npm = process.env.npm_execpath;
  const args = ["ci", "--include=dev", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  for (let attempt = 1; ; attempt++) {
    const { code, output } = npm ? await run(process.execPath, [npm, ...args]) : await run("npm", args);
    if (code === 0) return;
    if (attempt === installAttempts) {
      console.error(`${output}\n"npm ci" failed ${attempt} times; its output is above. Is the network reachable?`);
      process.exit(1);
    }
    console.error(`"npm ci" failed; trying again (${attempt + 1} of ${installAttempts}) …`);
    await new Promise((resolve) => setTimeout(resolve, 3000 * attempt));
  }
}

/** Compiles `src` to `dist` if it changed since the last time. */
export async function build() {
  if (!isBuildStale()) return;
  console.error("Building …");
  const dist = join(root, "dist");
  rmSync(dist, { recursive: true, force: true });
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { code, output } = await run(process.execPath, [tsc, "-p", "tsconfig.build.json"]);
  if (code !== 0) {
    rmSync(dist, { recursive: true, force: true });
    console.error(`${output}\nThe build failed; the compiler's messages are above.`);
    process.exit(1);
  }
  // So that `npx inoculate` works in this folder; an installed package gets this from npm.
  chmodSync(join(dist, "cli/main.js"), 0o755);
}

/** Runs a program quietly and returns how it ended and what it said. Ctrl-C ends it and us. */
function run(program, args) {
  return new Promise((resolve) => {
    const shell = process.platform === "win32" && program === "npm";
    const child = spawn(program, args, { cwd: root, shell, stdio: ["ignore", "pipe", "pipe"] });
    const stop = () => {
      child.kill("SIGTERM");
      process.exit(130);
    };
    process.once("SIGINT", stop);
    const output = [];
    child.stdout.on("data", (chunk) => output.push(chunk));
    child.stderr.on("data", (chunk) => output.push(chunk));
    const finish = (code) => {
      process.off("SIGINT", stop);
      resolve({ code, output: Buffer.concat(output).toString().trim() });
    };
    child.on("error", (error) => {
      output.push(Buffer.from(error.message));
      finish(1);
    });
    child.on("close", finish);
  });
}
