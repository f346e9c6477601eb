import { prefillGraph } from "../src/engine/sample/decodingGraphs.ts";
import type { Generator } from "../src/engine/sample/generate.ts";
import { layOut } from "../src/engine/train/batch.ts";
import { weightInputs } from "../src/engine/train/gradients.ts";

/** The logits after each token of a prompt, [tokens, vocabulary], by the same graph that sampling begins with. */
export async function promptLogits(
  { programs, config, weights }: Generator,
  prompt: readonly number[],
): Promise<number[][]> {
  const tokens = prompt.length;
  const program = await programs.get(["logits", config, tokens], () => prefillGraph(config, tokens, tokens));
  // The graph gives one row per chat, so the prompt stands there once for each of its tokens.
  const rows = prompt.map(() => [{ tokenIds: prompt, lossWeights: [] }]);
  const { tokenIds, positions, segments } = layOut(rows, tokens, tokens);
  const lastRows = Int32Array.from(prompt, (_, t) => t * tokens + t);
  const { logits } = await program.run({ ...weightInputs(weights), tokenIds, positions, segments, lastRows });
  const size = config.vocabSize;
  return prompt.map((_, t) => [...(logits?.subarray(t * size, (t + 1) * size) ?? [])]);
}
