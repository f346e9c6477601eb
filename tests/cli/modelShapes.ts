import { z } from "zod";

/** The shapes that other programs read. More fields are welcome; these keep their names and meanings. */

const seconds = z.number().min(0);
const count = z.int().min(0);
const perDtype = z.partialRecord(z.enum(["F32", "F16", "BF16"]), count);

/** The last line of each `model` verb's standard output with `--json`. */
export const modelShapes = {
  pull: z.looseObject({
    id: z.string(),
    revision: z.string(),
    commit: z.string().regex(/^[0-9a-f]{40}$/),
    folder: z.string(),
    files: z.array(z.looseObject({ path: z.string(), bytes: count, fetched: z.boolean() })).min(3),
    bytes: count,
    fetchedBytes: count,
    notes: z.array(z.string()),
    seconds,
  }),
  info: z.looseObject({
    folder: z.string(),
    architecture: z.string(),
    parameters: count,
    sizes: z.looseObject({ layers: count, hiddenSize: count, vocabSize: count }),
    context: count,
    slidingWindow: z.looseObject({ tokens: count, layers: count }).nullable(),
    tiedHead: z.boolean(),
    weights: z.looseObject({ files: count, bytes: count, dtypes: perDtype }),
    tokenizer: z.looseObject({ type: z.string().nullable(), tokens: count.nullable(), reason: z.string().nullable() }),
    template: z.looseObject({
      splits: z.boolean(),
      severalReplies: z.boolean(),
      system: z.boolean(),
      reason: z.string().nullable(),
    }),
    memory: z.looseObject({ sampling: count, lora: count, full: count }),
    hash: z.string().nullable(),
    seconds,
  }),
  merge: z.looseObject({ folder: z.string(), modules: z.int().min(1), dtypes: perDtype, bytes: count, seconds }),
  export: z.looseObject({ folder: z.string(), files: z.array(z.string()).min(4), weightBytes: count, seconds }),
};
