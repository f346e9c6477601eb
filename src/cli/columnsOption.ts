import { InvalidArgumentError, Option } from "commander";

/** What `--columns` gives: which column holds what. */
export interface ColumnsOptions {
  columns?: Record<string, string>;
}

/** Which columns of a table hold the texts. @param flag the option's name */
export function columnsOption(flag = "--columns"): Option {
  return new Option(`${flag} <names>`, "of a table: user=NAME,assistant=NAME[,system=NAME]").argParser(columnNames);
}

function columnNames(text: string): Record<string, string> {
  const pairs = text.split(",").map((pair): [string, string] => {
    const at = pair.indexOf("=");
    if (at < 1 || at === pair.length - 1) throw new InvalidArgumentError('Expected "user=NAME,assistant=NAME".');
    return [pair.slice(0, at).trim(), pair.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}
