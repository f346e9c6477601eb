import type { Container } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import { json, jsonl } from "./json/jsonContainer.ts";
import { parquet } from "./parquet/parquetContainer.ts";
import { csv, tsv } from "./tables/tableContainer.ts";

/** Every container by its name. */
export const containers: Readonly<Record<ContainerId, Container>> = { jsonl, json, csv, tsv, parquet };
