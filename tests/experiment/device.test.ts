import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { createLocalBackend } from "../../src/backends/local/localBackend.ts";
import type { ScoreSpec } from "../../src/experiment/score.ts";
import { openStudy } from "../../src/experiment/study.ts";
import { workerCount } from "../../src/experiment/workerCount.ts";
import { UserError } from "../../src/util/errors.ts";
import { newFolder, toyModel } from "./folders.ts";

const parts = new URL("./deviceParts.ts", import.meta.url).href;
const folder = newFolder();

test("the device reaches the backend of the study and those of its workers", async () => {
  const options = { folder, base: toyModel(folder), parts, workers: 1, device: "webgpu" as const };
  const study = await openStudy("toy", options);
  expect(study.identity.backend.version).toBe("on webgpu");
  const job = { kind: "score", spec: { id: "any", setting: "toy" } as unknown as ScoreSpec } as const;
  await expect(study.pool.submit(job)).rejects.toThrow(new UserError("worker: webgpu, 1 thread"));
  await study.pool.close();
});

test("the CPU's results keep their identity, those of a GPU have one of their own", () => {
  expect(createLocalBackend().version).toBe("1 (onnxruntime 1.30.0)");
  expect(createLocalBackend({ device: "cpu" }).version).toBe("1 (onnxruntime 1.30.0)");
  expect(createLocalBackend({ device: "webgpu" }).version).toBe("1 (onnxruntime 1.30.0, webgpu)");
});

test("one process works on a GPU unless more are asked for, else one for each core", () => {
  expect(workerCount({})).toBe(availableParallelism());
  expect(workerCount({ device: "webgpu" })).toBe(1);
  expect(workerCount({ device: "webgpu", workers: 3 })).toBe(3);
  expect(() => workerCount({ workers: 0.5 })).toThrow(UserError);
});
