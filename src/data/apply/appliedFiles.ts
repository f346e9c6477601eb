import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../util/errors.ts";
import { removeAtExit } from "../../util/removeAtExit.ts";
import type { FormatId } from "../convert/formats.ts";
import type { CountedLoss } from "../convert/losses.ts";
import { convertData } from "../convertData.ts";
import type { ContainerId } from "../files/dataRow.ts";
import type { Columns } from "../files/layouts/columnLayout.ts";
import { standardStream } from "../files/openSource.ts";

/** The other format that inoculated files are to have. */
export interface TargetFormat {
  to: FormatId;
  /** Of the format `columns`: which column holds what. */
  toColumns?: Columns | undefined;
  /** Lose what the format cannot hold, and count it, rather than refuse. @default false */
  lossy?: boolean | undefined;
}

/** Files in the format of the data, on their way into another one. */
export interface AppliedFiles {
  /** Where to write, for each of the files that are wanted in the end. */
  names: string[];
  /** Converts them, in order. @throws UserError naming the row of the data that the format cannot hold */
  convert(signal: AbortSignal | undefined): Promise<CountedLoss[]>;
  remove(): Promise<void>;
}

/** @param data what the rows came from, for messages @param container how they are stored, and will be on standard output */
export function appliedFiles(
  outs: readonly string[],
  data: string,
  container: ContainerId,
  columns: Columns | undefined,
  target: TargetFormat,
): AppliedFiles {
  const names = outs.map((out) => {
    const folder = out === standardStream ? tmpdir() : dirname(out);
    return join(folder, `${basename(out)}.applied-${process.pid}.${container}`);
  });
  const letGo = names.map(removeAtExit);
  return {
    names,
    async convert(signal) {
      const losses: CountedLoss[] = [];
      for (const [i, out] of outs.entries()) {
        const from = names[i] as string;
        const stay = out === standardStream ? { container } : {};
        try {
          const result = await convertData({ data: from, out, columns, ...target, ...stay, signal });
          // The twin loses what the first file loses.
          if (i === 0)
            losses.push(...result.losses.map((loss) => ({ ...loss, first: loss.first.replace(from, data) })));
        } catch (error) {
          throw error instanceof UserError ? new UserError(error.message.replaceAll(from, data)) : error;
        }
      }
      return losses;
    },
    async remove() {
      for (const name of names) await rm(name, { force: true });
      for (const letOneGo of letGo) letOneGo();
    },
  };
}
