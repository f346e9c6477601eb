import { InvalidArgumentError, Option } from "commander";

/** Which column of a table holds what. */
export type Columns = Record<string, string>;

/** `--columns user=question,assistant=answer`. */
export function columnsOption(): Option {
  return new Option(
    "--columns <map>",
    "for tables: which column holds what, e.g. user=question,assistant=answer,system=context",
  ).argParser(parseColumns);
}

function parseColumns(text: string): Columns {
  const pairs = text.split(",").map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1) throw new InvalidArgumentError('Expected "role=column,role=column".');
    return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()] as const;
  });
  return Object.fromEntries(pairs);
}
