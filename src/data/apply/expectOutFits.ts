import { UserError } from "../../util/errors.ts";
import type { ContainerId } from "../files/dataRow.ts";
import { containerByName } from "../files/detectContainer.ts";
import { standardStream } from "../files/openSource.ts";

/** @throws UserError where a name promises other contents than the container's, or cannot hold them */
export function expectOutFits(out: string, container: ContainerId): void {
  if (container === "parquet" && (out === standardStream || /\.gz$/i.test(out))) {
    throw new UserError(`${out}: Parquet goes into a plain file only; name one, e.g. out.parquet`);
  }
  const named = containerByName(out);
  const fits = named === null || named === container || (named === "jsonl" && container === "json");
  if (fits) return;
  throw new UserError(
    `${out}: the rows stay ${container}, which this name doesn't say; choose another name, or another format with --to`,
  );
}
