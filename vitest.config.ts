import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { isBuildStale, root } from "./scripts/prepare.mjs";
import { softwareGpu } from "./tests/webgpu/softwareGpu.ts";

const webgpu = "tests/webgpu/**/*.test.ts";

/**
 * Python's processes run what is built where it is up to date, as users' do: starting them from source takes twice the
 * time and leaves out Node's permissions, the second wall.
 */
const startWorker = { find: /^\.\/startWorker\.ts$/, replacement: join(root, "dist/grading/sandbox/startWorker.js") };

export default defineConfig({
  resolve: { alias: isBuildStale() ? [] : [startWorker] },
  test: {
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: "cpu", include: ["tests/**/*.test.ts"], exclude: [webgpu], sequence: { groupOrder: 0 } },
      },
      // One process for all: what it has compiled for the GPU serves the next file too.
      {
        extends: true,
        test: {
          name: "webgpu",
          include: [webgpu],
          env: softwareGpu(),
          isolate: false,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
