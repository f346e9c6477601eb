// `npm start`: installs and builds what is missing, then runs the main job. `npm start -- --seeds 5` adds options.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { build, checkNode, install, root } from "./prepare.mjs";

checkNode();
await install();
await build();

const main = join(root, "dist/cli/main.js");
const defaults = ["reproduce", "--conditions", "core", "--seeds", "3"];
process.argv = [process.execPath, main, ...defaults, ...process.argv.slice(2)];
await import(pathToFileURL(main).href);
