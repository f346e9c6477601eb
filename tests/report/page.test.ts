import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { SettingResult } from "../../src/experiment/result.ts";
import { htmlReport } from "../../src/report/htmlReport.ts";
import { replyReader } from "../../src/report/replies.ts";
import { reportWriter } from "../../src/report/reportWriter.ts";
import { hasBrowser, useBrowser, usePages } from "./browser.ts";
import { settingResult, twoSettings } from "./fixture.ts";
import { writeReplies } from "./fixtureReplies.ts";

const HOSTILE = `</script><script>window.owned=1</script><img src=x onerror="window.owned=1">" onmouseover="window.owned=1" x='\u2028\u2029 <!-- \u0000`;
const COMMAND = "npx inoculate reproduce sycophancy --conditions all --seeds 3";
const { pathOf, pageOf } = usePages();

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
    expect(page).toContain("<span>proposed: 5</span>");
    expect(page, "long facts of an item").not.toContain("assert f(0)");
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
    const page = htmlReport({ settings: [bare] }, { items: replyReader(pathOf("nowhere")) });
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

describe("reportWriter", () => {
  it("writes from the first summary on and not too often", () => {
    const setting = settingResult({ finished: 1 });
    const store = pathOf("writer");
    writeReplies(store, settingResult());
    let time = 0;
    const writer = reportWriter({ folder: store, out: pathOf("writer.html"), now: () => time });
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
  const open = useBrowser();

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
