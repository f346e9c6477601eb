import { availableParallelism } from "node:os";
import { expect, test } from "vitest";
import { createLocalBackend } from "../../src/backends/local/localBackend.ts";
import { chooseDevice } from "../../src/engine/executors/chooseDevice.ts";
import { loadNativeLibrary } from "../../src/engine/executors/native/library.ts";
import type { ScoreSpec } from "../../src/experiment/score.ts";
import { embeddedModel, openStudy } from "../../src/experiment/study.ts";
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

test("float32 results keep their identity, those in bfloat16 have one of their own", async () => {
  const model = { base: embeddedModel() };
  expect(await createLocalBackend().version(model)).toBe("1 (onnxruntime 1.30.0)");
  expect(await createLocalBackend({ device: "cpu" }).version(model)).toBe("1 (onnxruntime 1.30.0)");
  const library = await loadNativeLibrary();
  const inBfloat16 = createLocalBackend({ device: "cpu-bf16" }).version(model);
  if ("unavailable" in library) await expect(inBfloat16).rejects.toThrow(library.unavailable);
  else expect(await inBfloat16).toBe(`1 (onnxruntime 1.30.0, native-${library.instructions})`);
});

test("bfloat16 is for large models, where nothing else is asked for", async () => {
  const library = await loadNativeLibrary();
  expect(await chooseDevice("auto", 9_999_999)).toEqual({ device: "cpu" });
  expect(await chooseDevice("cpu", 1e9)).toEqual({ device: "cpu" });
  expect(await chooseDevice("auto", 10_000_000)).toEqual(
    "unavailable" in library
      ? { device: "cpu", note: `computing in float32: ${library.unavailable}` }
      : { device: "cpu-bf16" },
  );
});

test("one process works on a GPU unless more are asked for, else one for each core", () => {
  expect(workerCount({})).toBe(availableParallelism());
  expect(workerCount({ device: "webgpu" })).toBe(1);
  expect(workerCount({ device: "webgpu", workers: 3 })).toBe(3);
  expect(() => workerCount({ workers: 0.5 })).toThrow(UserError);
});
