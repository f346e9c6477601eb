import { UserError } from "../../util/errors.ts";
import { findBuilder } from "./builders.ts";
import type { BuildContext, BuiltItem, BuiltSetting } from "./settingBuilder.ts";
import { openSettingFolder } from "./writeSettingFolder.ts";

export interface BuildSettingOptions extends BuildContext {
  /** The data set, by its builder's id. */
  dataset: string;
  /** The builder's own options, checked by its schema. */
  options: Readonly<Record<string, unknown>>;
  /** The folder to make. */
  out: string;
  /** Overwrite what the folder holds. @default false */
  force?: boolean | undefined;
}

export interface BuildSummary {
  /** The setting file: what plans name as their setting. */
  setting: string;
  rows: { flawed: number; clean: number };
  items: Record<BuiltItem["set"], number>;
  counts: Record<string, number>;
  remarks: string[];
}

/** What there is where a model has to write the replies first. */
export interface RequestsSummary {
  /** The file of requests. */
  requests: string;
  counts: Record<string, number>;
  remarks: string[];
}

/**
 * Makes a setting folder from a data set's own files: `setting.yaml`, `train.flawed.jsonl`, `train.clean.jsonl` and
 * `items.jsonl`. Nothing is written before all of it is made and checked. A builder that needs a model's replies first
 * writes `requests.jsonl` alone.
 *
 * @throws UserError where an option, a file or the folder is not as expected
 */
export async function buildSetting(request: BuildSettingOptions): Promise<BuildSummary | RequestsSummary> {
  const { dataset, options, out, force, signal, onProgress } = request;
  const builder = findBuilder(dataset);
  const parsed = builder.options.safeParse(options);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UserError(`build ${dataset}: ${issue?.path.join(".")}: ${issue?.message}`);
  }
  const folder = await openSettingFolder(out, force);
  const built = await builder.build(parsed.data, { signal, onProgress });
  if ("requests" in built) {
    const { counts, remarks } = built;
    return { requests: await folder.writeRequests(built.requests), counts, remarks };
  }
  expectDisjoint(built);
  const setting = await folder.write(built);
  const inSet = (set: BuiltItem["set"]): number => built.items.filter((item) => item.set === set).length;
  return {
    setting,
    rows: { flawed: built.flawed.length, clean: built.clean?.length ?? 0 },
    items: { screen: inSet("screen"), validation: inSet("validation"), test: inSet("test") },
    counts: built.counts,
    remarks: built.remarks,
  };
}

/** No question of an item may stand in another set or in the training rows: the builders hold them apart. */
function expectDisjoint({ flawed, clean = [], items }: BuiltSetting): void {
  const question = (messages: readonly { role: string; content: string }[]): string =>
    JSON.stringify(messages.filter(({ role }) => role !== "assistant"));
  const seen = new Map<string, string>();
  for (const { messages } of [...flawed, ...clean]) seen.set(question(messages), "the training rows");
  const ids = new Set<string>();
  for (const { id, set, messages } of items) {
    if (ids.has(id)) throw new Error(`two items have the id "${id}"`);
    ids.add(id);
    const asked = question(messages);
    const where = seen.get(asked) ?? set;
    if (where !== set) throw new Error(`the question of the ${set} item "${id}" stands in ${where} too`);
    seen.set(asked, set);
  }
}
