import { describe, expect, test } from "vitest";
import { promptLogits } from "../../scripts/promptLogits.ts";
import { createOnnxExecutor } from "../../src/engine/executors/onnx.ts";
import { createReferenceExecutor } from "../../src/engine/executors/reference.ts";
import { readAdapterFolder } from "../../src/engine/model/adapterFolder.ts";
import { readModelFolder } from "../../src/engine/model/modelFolder.ts";
import type { Weights } from "../../src/engine/model/parameters.ts";
import { mergeAdapter } from "../../src/engine/train/lora.ts";
import { ProgramCache } from "../../src/engine/train/programCache.ts";
import { expectedOf, fixtureFolder, modelFolders } from "./fixtures.ts";

const executors = { onnx: createOnnxExecutor, reference: createReferenceExecutor };

describe.each(["onnx", "reference"] as const)("%s: logits of Python's transformers to 1e-5", (executor) => {
  async function check(model: string, expected: string, change: (weights: Weights) => Promise<Weights> | Weights) {
    const { config, weights } = await readModelFolder(fixtureFolder(model));
    const programs = new ProgramCache(executors[executor]());
    const changed = await change(weights);
    const { tokens, logits } = expectedOf(expected);
    for (const [i, prompt] of tokens.entries()) {
      const ours = (await promptLogits({ programs, config, weights: changed }, prompt)).flat();
      const theirs = (logits[i] as number[][]).flat();
      const largest = Math.max(...theirs.map(Math.abs));
      const difference = Math.max(...theirs.map((value, j) => Math.abs(value - (ours[j] as number))));
      expect(ours).toHaveLength(theirs.length);
      expect(difference / largest).toBeLessThan(1e-5);
    }
    await programs.release();
  }

  test.each(modelFolders)("%s", (name) => check(name, name, (weights) => weights));

  test("an adapter made by peft", () =>
    check("llama-gqa-untied", "adapter-gqa", async (weights) => {
      const { config } = await readModelFolder(fixtureFolder("llama-gqa-untied"));
      const adapter = await readAdapterFolder(fixtureFolder("adapter-gqa"), config);
      return mergeAdapter(weights, adapter.weights, adapter.lora);
    }));
});
