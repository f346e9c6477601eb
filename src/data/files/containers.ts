import type { Container } from "./container.ts";
import type { ContainerId } from "./dataRow.ts";
import { json, jsonl } from "./json/jsonContainer.ts";
import { csv, tsv } from "./tables/tableContainer.ts";

const loadParquet = async (): Promise<Container> => (await import("./parquet/parquetContainer.ts")).parquet;

/** Loaded on use: with its codecs it would take a good part of the start of every command. */
const parquet: Container = {
  id: "parquet",
  async *rows(...args) {
    yield* (await loadParquet()).rows(...args);
  },
  rewrite: async (...args) => (await loadParquet()).rewrite(...args),
  write: async (...args) => (await loadParquet()).write(...args),
};

/** Every container by its name. */
export const containers: Readonly<Record<ContainerId, Container>> = { jsonl, json, csv, tsv, parquet };
