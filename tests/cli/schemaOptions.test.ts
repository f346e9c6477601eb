import { Command, type Option } from "commander";
import { expect, test } from "vitest";
import { z } from "zod";
import { addSchemaOptions, readSchemaOptions } from "../../src/cli/schemaOptions.ts";
import { samplingSchema } from "../../src/engine/sample/sampling.ts";
import { type Recipe, recipe, recipeSchema } from "../../src/engine/train/recipe.ts";

function parse(...args: string[]): Recipe {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  addSchemaOptions(command, recipeSchema, "Recipe:");
  return readSchemaOptions(recipeSchema, command.parse(args, { from: "user" }).opts());
}

const optionsOf = (schema: z.ZodObject): readonly Option[] => addSchemaOptions(new Command(), schema, "").options;

/** Every path to a leaf of the recipe. */
const leaves = (value: object, parents: string[] = []): string[] =>
  Object.entries(value).flatMap(([name, field]) =>
    field && typeof field === "object" && !Array.isArray(field)
      ? leaves(field, [...parents, name])
      : [[...parents, name].join(".")],
  );

test("without options the recipe is the default one", () => {
  expect(parse()).toEqual(recipe());
});

test("every field of the recipe is an option with a description", () => {
  const options = optionsOf(recipeSchema);
  const names = leaves({ ...recipe(), packing: true, checkpointEvery: 1 }).map((path) =>
    path.toLowerCase().replaceAll(".", ""),
  );
  expect(options.map(({ long }) => long?.replaceAll("-", ""))).toEqual(expect.arrayContaining(names));
  expect(options).toHaveLength(names.length);
  for (const option of options) expect(option.description, option.flags).not.toBe("");
});

test("the help shows the schema's defaults", () => {
  const help = new Map(optionsOf(recipeSchema).map(({ long, description }) => [long, description]));
  expect(help.get("--lora-rank")).toContain(`(default: ${recipe().lora.rank})`);
  expect(help.get("--checkpoint-every")).not.toContain("(default");
  expect(optionsOf(samplingSchema).map(({ long }) => long)).toEqual(["--temperature", "--top-p", "--max-new-tokens"]);
});

test("options reach their fields, nested ones too", () => {
  const given = parse(
    ...["--lora-rank", "8", "--lora-rank-stabilized", "--lora-target-modules", "q_proj", "v_proj"],
    ...["--learning-rate", "1e-4", "--schedule", "cosine", "--checkpoint-every", "10"],
  );
  expect(given).toEqual(
    recipe({
      lora: { rank: 8, rankStabilized: true, targetModules: ["q_proj", "v_proj"] },
      learningRate: 1e-4,
      schedule: "cosine",
      checkpointEvery: 10,
    }),
  );
});

test("a setting's own recipe stands below what is given", () => {
  const own = recipe({ epochs: 7, lora: { rank: 4 } });
  expect(readSchemaOptions(recipeSchema, { loraAlpha: 3 }, own)).toEqual({ ...own, lora: { ...own.lora, alpha: 3 } });
  expect(own.lora.alpha).toBe(recipe().lora.alpha);
});

test.each([
  [["--lora-rank", "0"], /--lora-rank: /],
  [["--lora-rank", "1.5"], /--lora-rank: /],
  [["--epochs", "-1"], /--epochs: /],
  [["--epochs", "many"], /--epochs.*number/],
  [["--schedule", "falling"], /linear, constant, cosine/],
])("%j is refused by name", (args, message) => {
  expect(() => parse(...args)).toThrow(message);
});

test("what is on by default can be turned off, and stays absent where nothing is said", () => {
  const schema = z.strictObject({
    tags: z.boolean().default(true).describe("tags"),
    extra: z.boolean().default(false),
  });
  const given = (...args: string[]): Record<string, unknown> =>
    addSchemaOptions(new Command(), schema, "").parse(args, { from: "user" }).opts();
  expect(given()).toEqual({});
  expect(readSchemaOptions(schema, given())).toEqual({ tags: true, extra: false });
  expect(readSchemaOptions(schema, given("--no-tags"))).toEqual({ tags: false, extra: false });
  expect(readSchemaOptions(schema, given("--tags", "--extra"))).toEqual({ tags: true, extra: true });
});
