import { type Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { UserError } from "../util/errors.ts";

/** What JSON Schema says of one field. */
interface Field {
  type?: "string" | "number" | "integer" | "boolean" | "array" | "object";
  description?: string;
  default?: unknown;
  enum?: string[];
  items?: { enum?: string[]; type?: string };
  properties?: Record<string, Field>;
  required?: string[];
}

interface SchemaOption {
  /** Where the value belongs, e.g. `["lora", "rank"]`. */
  path: string[];
  option: Option;
}

/**
 * Adds an option for every field of a schema, named after it: `lora.rank` becomes `--lora-rank <n>`. Help texts and
 * defaults are the schema's; an option that is not given stays absent, so that other defaults can stand below it. What
 * has no default is required.
 *
 * @param heading stands above the options in the help
 */
export function addSchemaOptions(command: Command, schema: z.ZodObject, heading: string): Command {
  for (const { option } of optionsOf(schema)) command.addOption(option.helpGroup(heading));
  return command;
}

/**
 * The given options as fields of the schema, nested as it is, over `defaults`, and validated as a whole.
 *
 * @throws UserError naming the option, what it takes and what came
 */
export function readSchemaOptions<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, unknown>>,
  defaults: Readonly<Record<string, unknown>> = {},
): z.infer<Schema> {
  const fields = structuredClone(defaults) as Record<string, unknown>;
  const options = optionsOf(schema);
  for (const { path, option } of options) {
    const value = given[option.attributeName()];
    if (value !== undefined) assign(fields, path, value);
  }
  const parsed = schema.safeParse(fields);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => {
    const flag = options.find((option) => option.path.every((name, i) => path[i] === name))?.option.long;
    return `${flag ?? path.join(".")}: ${message}`;
  });
  throw new UserError(problems.join("; "));
}

function optionsOf(schema: z.ZodObject): SchemaOption[] {
  return flatten(z.toJSONSchema(schema, { io: "input" }) as Field, []);
}

function flatten({ properties = {}, required = [] }: Field, parents: string[]): SchemaOption[] {
  return Object.entries(properties).flatMap(([name, field]) => {
    const path = [...parents, name];
    if (field.properties) return flatten(field, path);
    return createOptions(path, field).map((option) => ({
      path,
      option: option.makeOptionMandatory(required.includes(name)),
    }));
  });
}

/** One option, or two for what is on by default: `--tags` and `--no-tags`. */
function createOptions(path: string[], field: Field): Option[] {
  const option = createOption(path, field);
  if (field.type !== "boolean" || field.default !== true) return [option];
  return [option, new Option(option.flags.replace("--", "--no-"), "turns it off")];
}

function createOption(path: string[], field: Field): Option {
  const flag = `--${path.map((name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)).join("-")}`;
  const choices = field.enum ?? field.items?.enum;
  const shown = Array.isArray(field.default) && field.default.length === choices?.length ? "all" : field.default;
  const description = `${field.description ?? ""}${shown === undefined ? "" : ` (default: ${shown})`}`;
  if (field.type === "boolean") return new Option(flag, description);
  if (choices) {
    return new Option(`${flag} ${field.type === "array" ? "<names...>" : "<name>"}`, description).choices(choices);
  }
  if (field.items?.type === "string") return new Option(`${flag} <texts...>`, description);
  if (field.type === "string") return new Option(`${flag} <text>`, description);
  return new Option(`${flag} <n>`, description).argParser(parseNumber);
}

function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value)) return value;
  throw new InvalidArgumentError("Expected a number.");
}

function assign(target: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) return;
  if (rest.length === 0) {
    target[name] = value;
    return;
  }
  target[name] ??= {};
  assign(target[name] as Record<string, unknown>, rest, value);
}
