import type { Command } from "commander";
import { modelFolder } from "../hub/modelFolder.ts";
import { byteCount } from "../util/diskSpace.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  out: string;
  adapter?: string;
  force?: boolean;
  json?: boolean;
}

/** `model export`: a model in a form that others run. */
export function addModelExport(group: Command, run: RunVerb): void {
  addVerb(
    group,
    "export <model>",
    "write a model (a folder, or the id of a fetched model) as an ONNX folder that transformers.js runs",
    "model export models/tiny --adapter runs/models/ID --onnx --out exported",
  )
    .requiredOption("--onnx", "the format: ONNX in float32, with a key-value cache; so far the only one")
    .requiredOption("--out <folder>", "where the exported model is written")
    .option("--adapter <folder>", "a PEFT adapter on the model, added into its weights")
    .option("--force", "overwrite what the folder holds")
    .action((model: string, { out, adapter, force, ...options }: Options) =>
      run(options, async ({ say, note }) => {
        const start = performance.now();
        const { exportModel } = await import("../engine/export/exportModel.ts");
        note("exporting ...");
        const from = adapter === undefined ? undefined : modelFolder(adapter);
        const exported = await exportModel(modelFolder(model), out, { adapter: from, force });
        say(`${exported.files.length} files, ${byteCount(exported.weightBytes)} of weights:`);
        say(out);
        return { folder: out, ...exported, seconds: secondsSince(start) };
      }),
    );
}
