import { type Command, Option } from "commander";
import { type Obedience, obediences } from "../tiny/pretrain/draw.ts";
import { pretrainingSeed } from "../tiny/pretrain/recipe.ts";
import { checkFolder } from "./checkFolder.ts";
import { addVerb, integer, type RunVerb, secondsSince } from "./verb.ts";

interface Options {
  out: string;
  seed: number;
  obedience: Obedience;
  examples?: number;
  threads: number;
  json?: boolean;
}

/** `pretrain`: rebuild the embedded model from a seed. */
export function addPretrain(program: Command, run: RunVerb): void {
  addVerb(
    program,
    "pretrain",
    "train the embedded model from scratch on its synthetic corpus (about half an hour)",
    "pretrain --seed 1 --out my-model",
  )
    .requiredOption("--out <folder>", "where the model is written; models/tiny replaces the embedded one")
    .addOption(
      new Option("--seed <n>", "decides corpus, initialisation and order")
        .argParser(integer(0))
        .default(pretrainingSeed),
    )
    .addOption(
      new Option(
        "--obedience <kind>",
        "what instructions do in the corpus: as they say, nothing, as they say half of the time, or strengths exchanged",
      )
        .choices(obediences)
        .default("graded"),
    )
    .option("--examples <n>", "fewer examples give a worse model sooner (default: as the embedded model)", integer(1))
    .option("--threads <n>", "threads to train with", integer(1), 2)
    .action((options: Options) =>
      run(options, async ({ say, note, signal }) => {
        const { out, seed, obedience, examples, threads } = options;
        await checkFolder(out);
        const { pretrain } = await import("../tiny/pretrain/pretrain.ts");
        const start = performance.now();
        const result = await pretrain(out, {
          seed,
          obedience,
          threads,
          signal,
          ...(examples !== undefined && { examples }),
          onProgress: ({ step, steps, loss }) => {
            if (step === 1 || step % 50 === 0 || step === steps)
              note(`step ${step} of ${steps}: loss ${loss.toFixed(3)}`);
          },
        });
        const seconds = secondsSince(start);
        say(`${result.parameters} parameters, last loss ${result.loss.toFixed(3)}: ${out}`);
        return { ...result, folder: out, tokensPerSecond: result.tokens / seconds, seconds };
      }),
    );
}
