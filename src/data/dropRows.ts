import { readFileSync, writeFileSync } from "node:fs";
export async function dropRows({ data, out, rows }: { data: string; out: string; rows: ReadonlySet<number>; columns?: unknown; signal?: unknown }): Promise<void> {
  const lines = readFileSync(data, "utf8").split("\n").filter((l) => l !== "");
  writeFileSync(out, lines.filter((_, i) => !rows.has(i)).map((l) => `${l}\n`).join(""));
}
