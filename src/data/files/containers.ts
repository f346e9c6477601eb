import type { Container } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import { json, jsonl } from "./json/jsonContainer.ts";

/** Every container by its name. */
export const containers: Readonly<Record<Exclude<ContainerId, "parquet" | "csv" | "tsv">, Container>> = { jsonl, json };
