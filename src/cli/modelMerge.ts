import { type Command, Option } from "commander";
import type { MergeOptions } from "../engine/model/mergeModel.ts";
import { dtypesByName } from "../engine/model/tensorDtypes.ts";
import { modelFolder } from "../hub/modelFolder.ts";
import { byteCount } from "../util/diskSpace.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options extends MergeOptions {
  out: string;
  json?: boolean;
}

/** `model merge`: an adapter into a base model's weights. */
export function addModelMerge(group: Command, run: RunVerb): void {
  addVerb(
    group,
    "merge <base> <adapter>",
    "write a base model (a folder, or the id of a fetched model) with a LoRA adapter added into its weights",
    "model merge HuggingFaceTB/SmolLM2-135M-Instruct runs/models/ID --out merged",
  )
    .requiredOption("--out <folder>", "where the merged model is written, in Hugging Face format")
    .addOption(
      new Option("--dtype <format>", "number format of the weights (default: the base's)").choices(
        Object.keys(dtypesByName),
      ),
    )
    .option("--force", "overwrite what the folder holds")
    .action((base: string, adapter: string, { out, dtype, force, ...options }: Options) =>
      run(options, async ({ say, note }) => {
        const start = performance.now();
        const { mergeModel } = await import("../engine/model/mergeModel.ts");
        note("merging ...");
        const merged = await mergeModel(modelFolder(base), modelFolder(adapter), out, { dtype, force });
        const formats = Object.keys(merged.dtypes).join(", ");
        say(`${merged.modules} matrices changed; ${byteCount(merged.bytes)} of weights in ${formats}:`);
        say(out);
        return { ...merged, seconds: secondsSince(start) };
      }),
    );
}
