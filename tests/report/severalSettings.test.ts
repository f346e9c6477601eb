import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { MetricSummary, SettingResult } from "../../src/experiment/result.ts";
import { htmlReport } from "../../src/report/htmlReport.ts";
import { hasBrowser, useBrowser, usePages } from "./browser.ts";
import { settingResult, twoSettings } from "./fixture.ts";
import { INSULT, inventedSettings } from "./fixtureSettings.ts";
import { theory } from "./fixtureTheory.ts";

const { pageOf } = usePages();

const notAsked: MetricSummary = {
  mean: null,
  standardError: null,
  n: 0,
  unit: "seed",
  perSeed: [],
  reason: "not asked under this prompt",
};

describe("a page of several settings", () => {
  it("begins with all of them side by side, from the results' own numbers", () => {
    const page = readFileSync(pageOf("two", twoSettings()), "utf8");
    const overview = page.slice(page.indexOf('<section class="all"'), page.indexOf('<article class="setting"'));
    expect(overview).toContain("Inoculation worked in all 2 settings; 1 of them met every bar.");
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

describe.skipIf(!hasBrowser)("a page of several settings in a browser", () => {
  const open = useBrowser();

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
});
