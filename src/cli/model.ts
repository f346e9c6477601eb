import type { Command } from "commander";
import { addModelExport } from "./modelExport.ts";
import { addModelInfo } from "./modelInfo.ts";
import { addModelMerge } from "./modelMerge.ts";
import { addModelPull } from "./modelPull.ts";
import type { RunVerb } from "./verb.ts";

/** `model`: fetch, look into, merge and export models. */
export function addModel(program: Command, run: RunVerb): void {
  const group = program.command("model").description("fetch a model, look into it, merge an adapter, export");
  for (const add of [addModelPull, addModelInfo, addModelMerge, addModelExport]) add(group, run);
}
