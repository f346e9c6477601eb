import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import type { SettingResult } from "../../src/experiment/result.ts";
import { htmlReport } from "../../src/report/htmlReport.ts";
import { replyReader } from "../../src/report/replies.ts";
import { writeReplies } from "./fixtureReplies.ts";

const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
/** Whether there is a browser to open pages with. */
export const hasBrowser = existsSync(browserPath);
if (!hasBrowser) console.warn(`no browser at ${browserPath} (set CHROMIUM): the page's browser tests are skipped`);

/** A folder for the pages of a test file, taken away at its end. */
export function usePages(): {
  /** Path of something in the folder. */
  pathOf: (name: string) => string;
  /** Writes the results' replies and their page; the page's path. */
  pageOf: (name: string, results: SettingResult | SettingResult[], hostile?: string) => string;
} {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "report-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const pathOf = (name: string): string => join(folder, name);
  return {
    pathOf,
    pageOf: (name, results, hostile = "") => {
      const settings = [results].flat();
      const store = pathOf(name);
      for (const setting of settings) writeReplies(store, setting, hostile);
      const path = pathOf(`${name}.html`);
      writeFileSync(path, htmlReport({ settings }, { items: replyReader(store), storePath: name }));
      return path;
    },
  };
}

/** A browser for the tests of a `describe`; opens pages, collecting their errors and every request but the page itself. */
export function useBrowser(): (
  path: string,
  options?: Parameters<Browser["newPage"]>[0],
) => Promise<{ page: Page; troubles: string[] }> {
  let browser: Browser;
  beforeAll(async () => {
    const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
    browser = await chromium.launch({ executablePath: browserPath, args });
  });
  afterAll(() => browser?.close());
  return async (path, options = {}) => {
    const page = await browser.newPage(options);
    const troubles: string[] = [];
    const address = pathToFileURL(path).href;
    page.on("pageerror", (error) => troubles.push(error.message));
    page.on("console", (message) => troubles.push(message.text()));
    page.on("request", (request) => {
      if (request.url() !== address && !request.url().startsWith("data:")) troubles.push(`request: ${request.url()}`);
    });
    await page.goto(address);
    return { page, troubles };
  };
}
