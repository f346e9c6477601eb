import { dirname, relative, resolve, sep } from "node:path";
import type { OnEvent } from "../experiment/events.ts";
import { writeWhole } from "../experiment/files.ts";
import type { SettingResult } from "../experiment/result.ts";
import { sparingly } from "../util/sparingly.ts";
import { htmlReport } from "./htmlReport.ts";
import { replyReader } from "./replies.ts";

export interface ReportWriterOptions {
  /** The store's folder. */
  folder: string;
  /** Where the page goes, e.g. `runs/report.html`. */
  out: string;
  /** Milliseconds, for how often the page is rewritten only. @default performance.now */
  now?: () => number;
}

/** Keeps a page up to date while `reproduce` works. */
export interface ReportWriter {
  /** Absolute path of the page. */
  path: string;
  /** Rewrites the page on `summary` events, from the first finished run on, at most every few seconds. */
  onEvent: OnEvent;
  /** Writes the page now. @throws UserError when it cannot be written */
  write(settings: readonly SettingResult[]): void;
}

const REWRITE_MS = 4000;
/** The page may take this share of the time at most: with many settings, writing it takes longer. */
const WRITING_SHARE = 0.04;

/** A writer of the HTML page. Each write replaces the page as a whole. */
export function reportWriter({ folder, out, now }: ReportWriterOptions): ReportWriter {
  const path = resolve(out);
  const storePath = relative(dirname(path), resolve(folder)).split(sep).join("/") || ".";
  const items = replyReader(folder);
  const latest = new Map<string, SettingResult>();
  const write = (settings: readonly SettingResult[]): void => {
    writeWhole(path, htmlReport({ settings: [...settings] }, { items, storePath }));
  };
  const rewrite = sparingly(() => write([...latest.values()]), { share: WRITING_SHARE, pauseMs: REWRITE_MS, now });
  return {
    path,
    write,
    onEvent: (event) => {
      if (event.type !== "summary") return;
      latest.set(event.result.id, event.result);
      rewrite();
    },
  };
}
