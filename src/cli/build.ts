import type { Command } from "commander";
import { settingBuilders } from "../datasets/build/builders.ts";
import { buildSetting } from "../datasets/build/buildSetting.ts";
import { addSchemaOptions, readSchemaOptions } from "./schemaOptions.ts";
import { addVerb, type RunVerb, secondsSince } from "./verb.ts";

interface Options extends Record<string, unknown> {
  out: string;
  force?: boolean;
  json?: boolean;
}

const PROGRESS_MS = 5000;

/** `build`: a setting folder from the files of a data set. */
export function addBuild(program: Command, run: RunVerb): void {
  const group = program
    .command("build")
    .description("make a setting (data, prompts, questions) from a data set's files");
  for (const builder of settingBuilders) {
    const verb = addVerb(group, builder.id, builder.description, builder.example)
      .requiredOption("--out <folder>", "the setting folder to make")
      .option("--force", "overwrite what the folder holds");
    addSchemaOptions(verb, builder.options, "Data set:");
    verb.action((given: Options) =>
      run(given, async ({ say, note, signal }) => {
        const start = performance.now();
        const { out, force } = given;
        let noted = start;
        const onProgress = (stage: string, done: number, total: number): void => {
          if (performance.now() - noted < PROGRESS_MS) return;
          noted = performance.now();
          note(`${stage}: ${done} of ${total}`);
        };
        const options = readSchemaOptions(builder.options, given);
        const built = await buildSetting({ dataset: builder.id, options, out, force, signal, onProgress });
        if ("setting" in built) {
          const { rows, items } = built;
          say(`${rows.flawed} flawed and ${rows.clean} clean training rows`);
          say(`${items.test} test items, ${items.validation} for validation, ${items.screen} for screening`);
        }
        for (const [name, count] of Object.entries(built.counts)) say(`${name}: ${count}`);
        for (const remark of built.remarks) say(remark);
        say("setting" in built ? built.setting : built.requests);
        return { ...built, seconds: secondsSince(start) };
      }),
    );
  }
}
