import type { Container } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import { json, jsonl } from "./json/jsonContainer.ts";
import { csv, tsv } from "./tables/tableContainer.ts";

/** Every container by its name. */
export const containers: Readonly<Record<Exclude<ContainerId, "parquet">, Container>> = { jsonl, json, csv, tsv };
