// `npm run build`: compiles from scratch. Expects the dependencies to be installed.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { build, root } from "./prepare.mjs";

rmSync(join(root, "dist"), { recursive: true, force: true });
await build();
