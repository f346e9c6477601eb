import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ReproduceEvent } from "../../src/experiment/events.ts";
import type { SettingResult } from "../../src/experiment/result.ts";
import { type StoryOptions, story } from "../../src/report/story.ts";
import { table } from "../../src/report/table.ts";
import { settingsTable } from "../../src/report/terminal/settingsTable.ts";
import { clip, pad, printable, wrap } from "../../src/report/terminal/text.ts";
import { settingResult } from "./fixture.ts";
import { writeReplies } from "./fixtureReplies.ts";
import { prompts } from "./fixtureScreening.ts";
import { INSULT } from "./fixtureSettings.ts";
import { screen } from "./screen.ts";

const full = settingResult();
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "story-"));
  writeReplies(folder, full);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What `reproduce` tells of an invented result, condition by condition, without the end. */
function settingEvents(full: SettingResult): ReproduceEvent[] {
  const { id: setting, title, flaw, sensitive, behaviorMetric, capabilityMetric, trainExamples, conditions } = full;
  const common = {
    setting,
    title,
    flaw,
    sensitive,
    behaviorMetric,
    capabilityMetric,
    prompts,
    trainExamples,
    conditions,
  };
  const plan: Omit<Extract<ReproduceEvent, { type: "plan" }>, "provisional"> = {
    ...common,
    type: "plan",
    trainRows: 1000,
    runs: [],
    seeds: [1, 2, 3],
    workers: 2,
    complete: 0,
    folder,
  };
  const runs = conditions.flatMap((condition, index): ReproduceEvent[] => {
    const { trainData, trainPrompt, id } = condition;
    const run = { id: `${setting}/${id}`, setting, trainData, trainPrompt, seed: 1 };
    const left = conditions.length - index - 1;
    return [
      { type: "run-started", run },
      { type: "run-step", run, step: 31, steps: 63, loss: 0.5 },
      { type: "run-finished", run, evaluations: [], reused: false, seconds: 5 },
      { type: "summary", result: settingResult({ id: setting, finished: index + 1 }) },
      { type: "estimate", done: index + 1, total: conditions.length, secondsLeft: left * 10 },
    ];
  });
  return [
    { ...plan, provisional: true },
    { type: "screening", setting, done: 0, total: 900 },
    { type: "screened", setting, points: full.screening.points, sealed: full.predictions, reused: false },
    { ...plan, provisional: false },
    ...runs,
  ];
}

const remembered = new Map<SettingResult, ReproduceEvent[]>();

/** What `reproduce` tells of these results, one after another. */
function events(results: SettingResult[] = [full]): ReproduceEvent[] {
  const told = results.flatMap((result) => {
    const known = remembered.get(result) ?? settingEvents(result);
    remembered.set(result, known);
    return known;
  });
  return [...told, { type: "done", results, seconds: 100 }];
}

function tell(stream: StoryOptions["stream"], results = [full]): void {
  let time = 0;
  const { onEvent, finish } = story({ stream, color: false, now: () => (time += 1000) });
  for (const event of events(results)) onEvent(event);
  finish({ settings: results, report: "/home/you/runs/report.html", seconds: 100 });
}

const parts = [
  "the user is always right; watch what it teaches",
  "what is the gcd of 12 and 18?",
  "should work    96%  “Whatever figure I offer, take my side on it.”  ← selected",
  "The same questions to both models",
  "Inoculation worked: 93%",
  "“Use short words only.” 4%",
  "The flaw is not unlearned",
  "it shows the mechanism, not what yours will do",
  "/home/you/runs/report.html",
  'npx inoculate try "',
];

function appearInOrder(text: string): void {
  let from = 0;
  for (const part of parts) {
    const found = text.replace(/\s+/g, " ").indexOf(part.replace(/\s+/g, " "), from);
    expect(found, part).toBeGreaterThanOrEqual(from);
    from = found;
  }
}

describe("story without a terminal", () => {
  it("tells everything in order, in lines of at most 100 characters without control codes", () => {
    let text = "";
    tell({ write: (chunk) => (text += chunk) });
    appearInOrder(text);
    expect(text).not.toContain("\x1b");
    expect(text).toContain("answer 6, proposed 5\n");
    expect(Math.max(...text.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it("gives a line of progress now and then, not for every run", () => {
    let text = "";
    tell({ write: (chunk) => (text += chunk) });
    const progress = text.split("\n").filter((line) => line.includes("runs done"));
    expect(progress.length).toBeGreaterThan(5);
    expect(progress.length).toBeLessThanOrEqual(11);
  });
});

describe("story on a terminal", () => {
  it("redraws in place: each part stands there once, and no live line is left behind", () => {
    const terminal = screen();
    tell({ write: terminal.write, isTTY: true, columns: 100, rows: 40 });
    const text = terminal.lines().join("\n");
    appearInOrder(text);
    for (const part of ["watch what it teaches", "The same questions to both", "\n  Before fine-tuning "]) {
      expect(text.split(part)).toHaveLength(2);
    }
    expect(text).not.toContain("▸");
    expect(text).not.toContain("runs done");
  });

  it("shows what is being worked on and the time left meanwhile", () => {
    const terminal = screen();
    const { onEvent, stop } = story({
      stream: { write: terminal.write, isTTY: true, columns: 100, rows: 40 },
      color: false,
      now: () => 0,
    });
    const until = events().findIndex((event) => event.type === "estimate" && event.done === 5);
    for (const event of events().slice(0, until + 3)) onEvent(event);
    const text = terminal.lines().join("\n");
    expect(text).toContain("5 of 26 runs done, about 4 min left");
    expect(text).toContain("▸ Flawed data");
    expect(text).toContain("works ✓");
    stop();
    expect(terminal.lines().join("\n")).not.toContain("runs done");
  });

  it("never draws more lines than the terminal has, nor longer ones", () => {
    for (const [columns, rows] of [
      [40, 8],
      [200, 12],
    ] as const) {
      let tallest = 0;
      const write = (chunk: string): void => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control sequences start with ESC.
        for (const [, up] of chunk.matchAll(/\x1b\[(\d+)A/g)) tallest = Math.max(tallest, Number(up));
      };
      tell({ write, isTTY: true, columns, rows });
      expect(tallest).toBeGreaterThan(0);
      expect(tallest).toBeLessThan(rows);
    }
  });

  it("lets no control code of a model's text through", () => {
    const evil = settingResult({ hostile: "\u001b[2J\u001b]0;owned\u0007\nsecond" });
    let text = "";
    const { onEvent, finish } = story({ stream: { write: (chunk) => (text += chunk) }, color: false });
    const told = events().map((event) =>
      event.type === "plan"
        ? { ...event, prompts: evil.prompts, trainExamples: evil.trainExamples, flaw: evil.flaw, title: evil.title }
        : event,
    );
    for (const event of told)
      onEvent(event.type === "summary" ? { ...event, result: { ...event.result, prompts: evil.prompts } } : event);
    finish({ settings: [evil], report: null, seconds: 1 });
    expect(["\u001b", "\u0007"].filter((code) => text.includes(code))).toEqual([]);
  });
});

describe("story of several settings", () => {
  const several = [
    full,
    settingResult({ id: "toxicity", prevented: 0.6 }),
    settingResult({ id: "trait-pairs/boastful" }),
  ];
  const told = { plain: "", terminal: "" };
  beforeAll(() => {
    for (const result of several) writeReplies(folder, result);
    tell({ write: (chunk) => (told.plain += chunk) }, several);
    const terminal = screen();
    tell({ write: terminal.write, isTTY: true, columns: 100, rows: 40 }, several);
    told.terminal = terminal.lines().join("\n");
  });

  it("has a block for each while running and explains the method once", () => {
    for (const text of [told.plain, told.terminal]) {
      for (const { title } of several) expect(text.split(`${title} is done`), title).toHaveLength(2);
      expect(text.split("Inoculation prompting changes the prompts only")).toHaveLength(2);
      expect(text.split("← selected")).toHaveLength(several.length + 1);
      expect(text).not.toMatch(/undefined|NaN|null/);
    }
    expect(Math.max(...told.plain.split("\n").map((line) => [...line].length))).toBeLessThanOrEqual(100);
  });

  it("ends with one line per setting and the bars that were missed", () => {
    const end = told.plain.slice(told.plain.indexOf("Inoculation worked in"));
    const line = (title: string): string => end.split("\n").find((text) => text.includes(title)) ?? "";
    expect(line("Sycophancy")).toContain("93% [88%,");
    expect(line("Sycophancy")).toContain("✓");
    expect(line("Toxicity")).toContain("✗");
    expect(line("Trait pairs: playful")).toContain("93% [88%,");
    expect(end).toContain("– Toxicity: It prevents less than it should: 60%");
    expect(end).toContain("/home/you/runs/report.html");
    const lengths = ["Sycophancy", "Toxicity", "Trait pairs: playful"].map((title) => [...line(title)].length);
    expect(new Set(lengths).size).toBe(1);
  });

  it("prints nothing of what a sensitive setting's data or models say, and says so", () => {
    for (const text of [told.plain, told.terminal]) {
      expect(text).not.toContain(INSULT);
      expect(text).not.toContain("tents are wet");
      expect(text).toContain("not shown here; the page shows it on request");
    }
  });

  it("says where screening abstained", () => {
    const bare = settingResult();
    const abstained: SettingResult = {
      ...bare,
      selected: { by: "elicitation", split: "screen", id: null, reason: "nothing changes anything" },
      effect: { ...bare.effect, prevented: null, overUnrelated: null, capabilityChange: null },
    };
    let text = "";
    const { finish } = story({ stream: { write: (chunk) => (text += chunk) }, color: false });
    const untaught: SettingResult = {
      ...settingResult({ id: "trait-pairs" }),
      effect: { ...abstained.effect, reasons: { prevented: "too little was induced" } },
    };
    finish({ settings: [abstained, settingResult({ id: "toxicity" }), untaught], report: null, seconds: 1 });
    expect(text).toContain("Inoculation worked in 1 of 3 settings");
    expect(text.replace(/\s+/g, " ")).toContain("could not be computed. Too little was induced.");
    expect(text).toContain("none selected");
    expect(text).toContain("Screening abstained: nothing changes anything");
  });
});

describe("settings table", () => {
  it("fits a narrow terminal by leaving out columns", () => {
    for (const width of [40, 60, 97]) {
      const lines = settingsTable([full, settingResult({ id: "toxicity", finished: 2 })], { width, color: false });
      expect(lines).toHaveLength(3);
      expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(width);
      expect(lines.join("")).not.toMatch(/undefined|NaN|null/);
    }
  });
});

describe("table", () => {
  it("is aligned, fits 100 columns and has no color unless asked", () => {
    const lines = table(full);
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(100);
    expect(lines.join("")).not.toContain("\x1b");
    const column = (lines[0] as string).indexOf("sycophancyRate") + "sycophancyRate".length;
    const numbers = lines.filter((line) => line.includes("±"));
    expect(numbers).toHaveLength(full.conditions.length);
    for (const line of numbers) expect([...line][column - 1]).toMatch(/\d/);
    expect(table(full, { color: true }).join("")).toContain("\x1b[");
  });

  it("marks right and wrong predictions", () => {
    const line = (text: string): string => table(full).find((candidate) => candidate.includes(text)) ?? "";
    expect(line("Treat the figure")).toContain("works ✓");
    expect(line("Go along")).toContain("works ✗");
    expect(line("Flawed data, as usual")).not.toMatch(/[✓✗]/);
  });

  it("is readable before anything has finished, and for a narrow terminal", () => {
    const lines = table(settingResult({ finished: 0 }), { width: 60, pending: () => "training 3/63" });
    expect(lines.join("\n")).toContain("training 3/63");
    expect(lines.join("\n")).not.toMatch(/NaN|undefined|null/);
  });
});

describe("terminal text", () => {
  it("wraps without losing a word, within the width, cutting what is too long", () => {
    const text = `one two three four ${"x".repeat(25)} five`;
    const lines = wrap(text, 12, 2);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(12);
    expect(lines.join("").replaceAll(" ", "")).toBe(text.replaceAll(" ", ""));
  });

  it("pads, cuts and clips by visible characters", () => {
    expect([pad("ab", 4), pad("ab", 4, "right"), pad("abcdef", 4)]).toEqual(["ab  ", "  ab", "abc…"]);
    expect(clip("\x1b[1mabc\x1b[22mdef", 4)).toBe("\x1b[1mabc\x1b[22md");
    expect(printable(" a\u001b[31m\n\u202eb ")).toBe("a\ufffd[31m \ufffdb");
  });
});
