import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MetricSummary, SettingResult } from "../../src/experiment/result.ts";
import { htmlReport } from "../../src/report/htmlReport.ts";
import { replyReader } from "../../src/report/replies.ts";
import { reportWriter } from "../../src/report/reportWriter.ts";
import { settingResult } from "./fixture.ts";
import { writeReplies } from "./fixtureReplies.ts";
import { INSULT, inventedSettings } from "./fixtureSettings.ts";
import { theory } from "./fixtureTheory.ts";

const HOSTILE = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1">" onmouseover="window.owned=1" x='\u2028\u2029 <!-- \u0000`;
const COMMAND = "npx inoculate reproduce sycophancy --conditions all --seeds 3";
const browserPath = process.env.CHROMIUM ?? "/usr/bin/chromium";
const hasBrowser = existsSync(browserPath);
if (!hasBrowser) console.warn(`no browser at ${browserPath} (set CHROMIUM): the page's browser tests are skipped`);

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "report-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the results' replies and their page; the page's path. */
function pageOf(name: string, results: SettingResult | SettingResult[], hostile = ""): string {
  const settings = [results].flat();
  const store = join(folder, name);
  for (const setting of settings) writeReplies(store, setting, hostile);
  const path = join(folder, `${name}.html`);
  writeFileSync(path, htmlReport({ settings }, { items: replyReader(store), storePath: name }));
  return path;
}

const notAsked: MetricSummary = {
  mean: null,
  standardError: null,
  n: 0,
  unit: "seed",
  perSeed: [],
  reason: "not asked under this prompt",
};

/** An ordinary setting and a sensitive one that falls short. */
function twoSettings(hostile = ""): SettingResult[] {
  return [settingResult({ hostile }), settingResult({ id: "toxicity", prevented: 0.6, hostile })];
}

describe("htmlReport", () => {
  it("holds everything a reader needs, from the numbers to the command", () => {
    const page = readFileSync(pageOf("plain", settingResult()), "utf8");
    for (const part of [
      "Inoculation worked: 93%",
      "What did not work",
      "instruction-following is by construction",
      "not what your own model will do",
      "median inoculation prompt",
      "double dissociation holds",
      "3f9a".repeat(16),
      "ab12".repeat(16),
      COMMAND,
      "Compliance",
      "Leak",
      "arXiv 2510.05024",
    ])
      expect(page).toContain(part);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it("names no machine's folders", () => {
    expect(readFileSync(pageOf("folders", settingResult()), "utf8")).not.toContain("/somewhere");
  });

  it("is valid from the first finished run on, and before", () => {
    for (const finished of [0, 1, 2, 5]) {
      const page = readFileSync(pageOf(`partial-${finished}`, settingResult({ finished })), "utf8");
      expect(page).toContain("Still running");
      expect(page).toContain("not yet run");
      expect(page).not.toMatch(/undefined|NaN|\[object/);
    }
  });

  it("works without a store, without selection and without predictions", () => {
    const full = settingResult();
    const bare: SettingResult = {
      ...full,
      selected: { by: "elicitation", split: "screen", id: null, reason: "nothing changes anything" },
      trainings: [],
      trainExamples: [],
      predictions: { ...full.predictions, selected: null },
    };
    const page = htmlReport({ settings: [bare] }, { items: replyReader(join(folder, "nowhere")) });
    expect(page).toContain("Screening abstained: nothing changes anything");
    expect(page).toContain("No stored replies to show yet");
    expect(htmlReport({ settings: [] }, {})).toContain("</html>");
  });

  it("lets no data become markup", () => {
    const page = readFileSync(pageOf("hostile-text", twoSettings(HOSTILE), HOSTILE), "utf8");
    expect(page.match(/<script/g)).toHaveLength(1);
    expect(page).not.toContain("<img");
    expect(page).not.toContain("\u0000");
  });
});

describe("a page of several settings", () => {
  it("begins with all of them side by side, from the results' own numbers", () => {
    const page = readFileSync(pageOf("two", twoSettings()), "utf8");
    const overview = page.slice(page.indexOf('<section class="all"'), page.indexOf('<article class="setting"'));
    expect(overview).toContain("Inoculation worked in all 2 settings.");
    for (const part of ["93%", "[88%,\u00a097%]", "60%", "[55%,\u00a064%]", "+86", "[+80,\u00a0+91]", "−0.99"]) {
      expect(overview, part).toContain(part);
    }
    expect(overview.match(/all four bars met/g)).toHaveLength(1);
    expect(overview).toContain("misses the bar: prevented");
    expect(overview.match(/class="point/g)).toHaveLength(2);
    expect(page.match(/instruction-following is by construction/g)).toHaveLength(1);
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it("says where screening abstained, and what is still running", () => {
    const bare = settingResult({ id: "reward-hacking/all" });
    const abstained: SettingResult = {
      ...bare,
      selected: { by: "elicitation", split: "screen", id: null, reason: "nothing changes anything" },
      effect: { ...bare.effect, prevented: null, overUnrelated: null, capabilityChange: null },
    };
    const page = htmlReport({ settings: [abstained, settingResult({ id: "trait-pairs", finished: 3 })] }, {});
    for (const part of [
      "no prompt selected",
      "so far: no numbers yet",
      "Screening abstained: nothing changes anything",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).not.toMatch(/undefined|NaN|\[object/);
  });

  it("tests the theory where a setting has rated traits, and says what was not asked", () => {
    const [plain, pair] = [settingResult(), { ...settingResult({ id: "trait-pairs" }), theory }];
    const partly = pair.conditions.map((condition) => ({
      ...condition,
      metrics:
        condition.evalPrompt.kind === "neutral"
          ? condition.metrics
          : { ...condition.metrics, structuredLevel: notAsked },
    }));
    const page = htmlReport({ settings: [plain, { ...pair, conditions: partly }] }, {});
    expect(page.match(/Does the theory predict it\?/g)).toHaveLength(1);
    expect(page).toContain('id="trait-pairs-theory"');
    expect(page).toContain('<span title="not asked under this prompt">–</span>');
    const charts = page.slice(page.indexOf('aria-labelledby="trait-pairs-conditions"')).split("</svg>");
    const asked = partly.filter(({ evalPrompt }) => evalPrompt.kind === "neutral").length;
    expect(charts[1]?.match(/class="track"/g)).toHaveLength(asked);
  });

  it("keeps every reply of a sensitive setting behind a veil, and no other", () => {
    const page = readFileSync(pageOf("veil", twoSettings()), "utf8");
    expect(page.split(INSULT).length).toBeGreaterThan(10);
    const lifted = page.replace(/<div class="veiled"[^>]*>.*?<\/div><button/gs, "");
    expect(lifted).not.toContain(INSULT);
    expect(lifted).toContain("not quite. the gcd is 6.");
  });

  it("stays small with every setting, condition and five seeds", () => {
    const settings = inventedSettings.map(({ named }) => settingResult({ id: named.id, seeds: [1, 2, 3, 4, 5] }));
    expect(settings.length).toBeGreaterThanOrEqual(7);
    expect(readFileSync(pageOf("all", settings)).length).toBeLessThan(4e6);
  });
});

describe("reportWriter", () => {
  it("writes from the first summary on and not too often", () => {
    const setting = settingResult({ finished: 1 });
    const store = join(folder, "writer");
    writeReplies(store, settingResult());
    let time = 0;
    const writer = reportWriter({ folder: store, out: join(folder, "writer.html"), now: () => time });
    writer.onEvent({ type: "summary", result: setting });
    const first = readFileSync(writer.path, "utf8");
    time = 100;
    writer.onEvent({ type: "summary", result: settingResult() });
    expect(readFileSync(writer.path, "utf8")).toBe(first);
    writer.write([settingResult()]);
    expect(readFileSync(writer.path, "utf8")).toContain("Inoculation worked");
  });
});

describe.skipIf(!hasBrowser)("the page in a browser", () => {
  let browser: Browser;
  beforeAll(async () => {
    const args = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
    browser = await chromium.launch({ executablePath: browserPath, args });
  });
  afterAll(() => browser?.close());

  /** Opens a page; collects its errors and every request but the page itself. */
  async function open(
    path: string,
    options: Parameters<Browser["newPage"]>[0] = {},
  ): Promise<{ page: Page; troubles: string[] }> {
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
  }

  it("renders without errors or requests, with real headings and described figures", async () => {
    const setting = settingResult();
    const { page, troubles } = await open(pageOf("browser", setting));
    expect(troubles).toEqual([]);
    expect(await page.locator("h1").count()).toBe(1);
    expect(await page.locator("h3").count()).toBeGreaterThan(9);
    const figures = await page.locator("svg").all();
    expect(figures.length).toBeGreaterThanOrEqual(7);
    for (const figure of figures) expect(await figure.getAttribute("aria-label")).toMatch(/\w{3}/);
    const ids = await page.locator("[id]").evaluateAll((elements) => elements.map((element) => element.id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const element of await page.locator("[aria-labelledby]").all()) {
      expect(ids).toContain(await element.getAttribute("aria-labelledby"));
    }
    await page.close();
  });

  it("draws a bar per condition and metric, a dot per seed, a point per trained prompt, a line per fine-tuning", async () => {
    const setting = settingResult();
    const { page } = await open(pageOf("counts", setting));
    const panels = page.locator('section[aria-labelledby="sycophancy-conditions"] svg');
    expect(await panels.count()).toBe(2);
    const dots = setting.conditions.filter((condition) => condition.trainData !== "none").length * 3;
    for (const panel of await panels.all()) {
      expect(await panel.locator(".bar .fill").count()).toBe(setting.conditions.length);
      expect(await panel.locator(".dot").count()).toBe(dots);
      expect(await panel.locator(".error").count()).toBe(setting.conditions.length);
    }
    expect(await page.locator("svg .point").count()).toBe(setting.screening.points.length);
    expect(await page.locator("svg .line").count()).toBe(setting.trainings.length);
    await page.close();
  });

  it("has one address per setting, and links that lead there", async () => {
    const settings = ["sycophancy", "reward-hacking", "reward-hacking/all"].map((id) => settingResult({ id }));
    const { page, troubles } = await open(pageOf("addresses", settings));
    expect(troubles).toEqual([]);
    const ids = await page.locator("[id]").evaluateAll((elements) => elements.map((element) => element.id));
    expect(new Set(ids).size).toBe(ids.length);
    for (const region of ["nav", ".all table"]) {
      const links = page.locator(`${region} a`);
      expect(await links.evaluateAll((all) => all.map((link) => link.getAttribute("href")))).toEqual(
        settings.map(({ id }) => `#${id}`),
      );
    }
    for (const { id } of settings) expect(ids).toContain(id);
    await page.close();
  });

  it("blurs a sensitive setting's replies, training rows too, each until it is asked for", async () => {
    const { page, troubles } = await open(pageOf("blur", twoSettings()));
    const blurred = (): Promise<number> =>
      page.locator("dd, blockquote").evaluateAll(
        (all) =>
          all.filter((text) => {
            const veiled = text.closest(".veiled") ?? text.querySelector(".veiled");
            return veiled !== null && getComputedStyle(veiled).filter.includes("blur");
          }).length,
      );
    const part = page.locator('[id="toxicity"]');
    const total = await part.locator(".veil").count();
    expect(await page.locator(".veil").count()).toBe(total);
    expect(await part.locator("blockquote").count()).toBe(total - 2);
    expect(await blurred()).toBe(total);
    const buttons = part.locator(".veil button:visible");
    await buttons.first().click();
    expect(await blurred()).toBe(total - 1);
    for (const key of ["Enter", "Space"]) {
      const before = await blurred();
      await buttons.first().focus();
      expect(await blurred(), "focus alone lifts nothing").toBe(before);
      await page.keyboard.press(key);
      expect(await blurred(), key).toBe(before - 1);
    }
    await part.locator(".veil:not(.lifted) .veiled:visible").first().click();
    expect(await blurred()).toBe(total - 4);
    expect(await part.locator('.veil:not(.lifted) .veiled:not([aria-hidden="true"])').count()).toBe(0);
    expect(await part.locator(".lifted [aria-hidden]").count()).toBe(0);
    expect(troubles).toEqual([]);
    await page.close();
  });

  it("keeps the blur where scripts are off, until a button has the focus", async () => {
    const { page } = await open(pageOf("blur-static", twoSettings()), { javaScriptEnabled: false });
    const first = page.locator(".veil").first();
    const filter = (): Promise<string> => first.locator(".veiled").evaluate((text) => getComputedStyle(text).filter);
    expect(await filter()).toContain("blur");
    await first.locator("button").focus();
    expect(await filter()).toBe("none");
    await page.close();
  });

  it("steps through the stored items with the button and comes round again", async () => {
    const { page } = await open(pageOf("button", settingResult()));
    const visible = page.locator(".item:visible .question");
    const button = page.getByRole("button", { name: "Another question" });
    const total = await page.locator(".item").count();
    expect(total).toBe(8);
    const seen = new Set<string>();
    const first = await visible.innerText();
    for (let step = 0; step < total; step++) {
      expect(await visible.count()).toBe(1);
      seen.add(await visible.innerText());
      await button.click();
    }
    expect(seen.size).toBe(total);
    expect(await visible.innerText()).toBe(first);
    await page.close();
  });

  it("keeps hostile text inert", async () => {
    const { page, troubles } = await open(pageOf("hostile", twoSettings(HOSTILE), HOSTILE));
    await page.hover("h2");
    expect(await page.evaluate(() => "owned" in globalThis)).toBe(false);
    expect(await page.locator("img, [onmouseover], [onerror]").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(1);
    expect(troubles).toEqual([]);
    expect(await page.locator("blockquote").first().innerText()).toContain("</script>");
    await page.close();
  });

  it("fits a phone and shows all items where scripts are off", async () => {
    const path = pageOf("phone", twoSettings());
    const options = { viewport: { width: 360, height: 740 }, colorScheme: "dark", javaScriptEnabled: false } as const;
    const { page } = await open(path, options);
    expect(await page.locator(".item:visible").count()).toBe(16);
    const withScript = await open(path, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    expect(await withScript.page.evaluate("document.documentElement.scrollWidth")).toBeLessThanOrEqual(360);
    await page.close();
    await withScript.page.close();
  });

  it("has readable contrast in light and dark", async () => {
    for (const colorScheme of ["light", "dark"] as const) {
      const { page } = await open(pageOf("contrast", settingResult()), { colorScheme });
      const computed = (selector: string, property: string): Promise<string> =>
        page.evaluate(`getComputedStyle(document.querySelector("${selector}")).${property}`);
      const paper = luminance(await computed("body", "backgroundColor"));
      for (const selector of ["p", ".muted", ".headline", ".tick", ".cross", ".from", ".to", "a"]) {
        const ink = luminance(await computed(selector, "color"));
        const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
        expect(ratio, `${selector} in ${colorScheme}`).toBeGreaterThan(4.5);
      }
      await page.close();
    }
  });
});

/** Relative luminance of "rgb(r, g, b)" (WCAG 2.2). */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).map((digits) => {
    const share = Number(digits) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
