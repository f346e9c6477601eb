import type { z } from "zod";
import { readYaml, type YamlSource } from "../../data/yamlSource.ts";
import { settingFileSchema } from "./settingFile.ts";

export type ParsedSettingFile = z.output<typeof settingFileSchema>;

/** A setting file, validated. @throws UserError with every mistake, each with file, line and column */
export function readSettingFile(file: string): ParsedSettingFile {
  const { value, source } = readYaml(file, settingFileSchema, "a setting file");
  noteReferences(value, source);
  source.check();
  return value;
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
