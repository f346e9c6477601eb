import type { Command } from "commander";
import type { PullProgress } from "../hub/pullModel.ts";
import { byteCount } from "../util/diskSpace.ts";
import { addVerb, type RunVerb, secondsSince, type VerbIo } from "./verb.ts";

interface Options {
  revision?: string;
  token?: string;
  json?: boolean;
}

/** `model pull`: fetch a model from the Hugging Face hub. */
export function addModelPull(group: Command, run: RunVerb): void {
  addVerb(
    group,
    "pull <id>",
    "fetch a model from the Hugging Face hub into the folder that Python's tools use too (HF_HOME, HF_HUB_CACHE); " +
      "HF_ENDPOINT names a mirror. Afterwards its id stands for it wherever a model is asked for",
    "model pull HuggingFaceTB/SmolLM2-135M-Instruct",
  )
    .option("--revision <name>", 'a branch, a tag or a commit (default: "main")')
    .option("--token <token>", "for private and gated models; better in HF_TOKEN, which no list of processes shows")
    .action((id: string, { revision, token, ...options }: Options) =>
      run(options, async ({ say, note, signal }) => {
        const start = performance.now();
        const { pullModel } = await import("../hub/pullModel.ts");
        const pulled = await pullModel(id, { revision, token, signal, onProgress: progressNotes(note) });
        for (const text of pulled.notes) note(`note: ${text}`);
        const { fetchedBytes, bytes, commit, folder } = pulled;
        const came = fetchedBytes === 0 ? "all of it was there" : `${byteCount(fetchedBytes)} fetched`;
        say(`${pulled.id} at ${commit.slice(0, 12)}: ${byteCount(bytes)}, ${came}`);
        say(folder);
        return { ...pulled, seconds: secondsSince(start) };
      }),
    );
}

/** A line for each finished file, and for every tenth of a large one. */
function progressNotes(note: VerbIo["note"]): (progress: PullProgress) => void {
  let [told, tenthTold] = ["", 0];
  return ({ file, bytes, size, totalBytes, totalSize }) => {
    const tenth = size === 0 ? 10 : Math.floor((10 * bytes) / size);
    if (file === told && tenth === tenthTold) return;
    const isNews = tenth === 10 || (size > 10e6 && tenth > 0);
    [told, tenthTold] = [file, tenth];
    if (isNews)
      note(`${file}: ${10 * tenth}% of ${byteCount(size)} (all: ${byteCount(totalBytes)} of ${byteCount(totalSize)})`);
  };
}
