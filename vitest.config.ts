import { defineConfig } from "vitest/config";
import { softwareGpu } from "./tests/webgpu/softwareGpu.ts";

const webgpu = "tests/webgpu/**/*.test.ts";

export default defineConfig({
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
