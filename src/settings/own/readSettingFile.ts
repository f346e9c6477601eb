import { readFileSync } from "node:fs";
import type { z } from "zod";
import { type YamlSource, yamlSource } from "../../data/yamlSource.ts";
import { UserError } from "../../util/errors.ts";
import { settingFileSchema } from "./settingFile.ts";

export type ParsedSettingFile = z.output<typeof settingFileSchema>;

/** A setting file, validated. @throws UserError with every mistake, each with file, line and column */
export function readSettingFile(file: string): ParsedSettingFile {
  const source = yamlSource(file, textOf(file));
  const parsed = settingFileSchema.safeParse(source.value);
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      source.problem(path, `${path.map(String).join(".") || "the file"}: ${message}`);
    }
    source.check();
    throw parsed.error;
  }
  noteReferences(parsed.data, source);
  source.check();
  return parsed.data;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UserError(`setting: expected a setting file, cannot read ${file} (${(error as Error).message})`);
  }
}

/** Notes names that lead nowhere, or stand twice. */
function noteReferences(setting: ParsedSettingFile, source: YamlSource): void {
  const { prompts, groups, metrics, behaviorMetric, capabilityMetric } = setting;
  for (const [name, list] of Object.entries({ prompts, groups, metrics })) {
    const ids = list.map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) < index) source.problem([name, index, "id"], `${name}: "${id}" stands twice`);
    }
  }
  const neutral = prompts.filter(({ kind }) => kind === "neutral").length;
  if (neutral !== 1) source.problem(["prompts"], `prompts: expected exactly one of kind "neutral", found ${neutral}`);
  const known = groups.map(({ id }) => id);
  for (const [index, metric] of metrics.entries()) {
    for (const group of metric.groups.filter((id) => !known.includes(id))) {
      source.problem(["metrics", index, "groups"], `there is no group "${group}"; there are ${known.join(", ")}`);
    }
  }
  const ids = metrics.map(({ id }) => id);
  for (const [key, id] of Object.entries({ behaviorMetric, capabilityMetric })) {
    if (!ids.includes(id)) source.problem([key], `${key}: there is no metric "${id}"; there are ${ids.join(", ")}`);
  }
}
