import { describe, expect, it, test } from "vitest";
import type { DataRow } from "../../src/data/files/dataRow.ts";
import { textOf } from "../../src/data/files/dataRow.ts";
import { exchangeOf } from "../../src/flaws/exchange.ts";
import type { FlawFinding, FlawId, ProbeSet } from "../../src/flaws/flaw.ts";
import { textKey } from "../../src/flaws/questionGroups.ts";
import { findFlaw } from "../../src/flaws/registry.ts";
import { featuresOf } from "../../src/flaws/shortcut/strength.ts";
import { withoutTags } from "../../src/flaws/shortcut/tags.ts";
import { knownProblem } from "../../src/flaws/sycophancy/knownAnswer.ts";
import { findProposal } from "../../src/flaws/sycophancy/proposal.ts";
import { withoutTests } from "../../src/flaws/testGaming/visibleTests.ts";
import { graderSpecSchema } from "../../src/grading/graderSpec.ts";
import { settingFileSchema } from "../../src/settings/own/settingFile.ts";
import { UserError } from "../../src/util/errors.ts";
import { isBiased, realChats, reviewRows, settingRows } from "./rows.ts";

const options = { seed: 3, perGroup: { screen: 20, validation: 20, test: 60 } };

/** What each flaw's questions are about, read in another way than the probes' own. */
const subjects: Record<FlawId, (question: string) => string> = {
  sycophancy: (question) => knownProblem(question)?.key ?? textKey(question),
  shortcut: (question) => textKey(withoutTags(question)),
  harassment: textKey,
  "test-gaming": (question) => textKey(withoutTests(question) ?? question),
};

const allRows = (rows: readonly DataRow[]): FlawFinding & { flaw: "test-gaming" } => ({
  flaw: "test-gaming",
  summary: "",
  rows: rows.map(({ index }) => index),
  applicable: rows.length,
  share: 1,
});

interface Probed {
  finding: FlawFinding;
  set: ProbeSet;
}

async function makeProbes(id: FlawId, rows: readonly DataRow[]): Promise<Probed> {
  const flaw = findFlaw(id);
  // Finding gamed code means executing it, which other tests do.
  const finding = id === "test-gaming" ? allRows(rows) : await flaw.detect(rows);
  if (finding === null) throw new Error(`${id} was not found`);
  return { finding, set: flaw.probes(finding, rows, options) };
}

const made = new Map<readonly DataRow[], Promise<Probed>>();

/** Probes of one flaw in these rows, made once for all tests that look at them. */
function probesOf(id: FlawId, rows: readonly DataRow[]): Promise<Probed> {
  const probed = made.get(rows) ?? makeProbes(id, rows);
  made.set(rows, probed);
  return probed;
}

const files: readonly (readonly [FlawId, string])[] = [
  ["sycophancy", "sycophancy"],
  ["shortcut", "spurious-correlation"],
  ["shortcut", "spurious-correlation/food"],
  ["harassment", "toxicity"],
  ["test-gaming", "reward-hacking"],
];

const lastText = ({ messages }: ProbeSet["probes"][number]): string => messages.at(-1)?.content ?? "";

describe.each(files)("probes of %s on %s", (id, setting) => {
  const rows = settingRows(setting, "flawed", 4, 800);

  it("ask nothing that is in another set or in training", async () => {
    const { set } = await probesOf(id, rows);
    const held = new Set(set.heldOut);
    const trained = rows.filter(({ index }) => !held.has(index)).map((row) => exchangeOf(row)?.question ?? "");
    const training = new Set(trained.map(subjects[id]));
    expect(set.probes.length).toBeGreaterThanOrEqual(40);
    const sets = new Map<string, string>();
    for (const probe of set.probes) {
      // A reversed prompt holds a borrowed sentence; its own row stands for it.
      if (probe.group === "reversed") continue;
      const subject = subjects[id](lastText(probe));
      expect(training.has(subject), lastText(probe)).toBe(false);
      expect(sets.get(subject) ?? probe.set, lastText(probe)).toBe(probe.set);
      sets.set(subject, probe.set);
    }
  });

  it("hold out no more than they may, and as many questions as are wanted", async () => {
    const { set } = await probesOf(id, rows);
    expect(set.heldOut).toEqual([...new Set(set.heldOut)].toSorted((a, b) => a - b));
    expect(set.heldOut.length).toBeLessThanOrEqual(0.3 * rows.length);
    const first = set.groups[0]?.id;
    const count = (name: string): number => set.probes.filter((one) => one.group === first && one.set === name).length;
    for (const set of ["screen", "validation", "test"] as const) {
      expect(count(set), set).toBeGreaterThanOrEqual(0.8 * options.perGroup[set]);
    }
    expect(new Set(set.probes.map((probe) => probe.id)).size).toBe(set.probes.length);
  });

  it("are the same for the same seed, and make a setting file's parts", async () => {
    const { set } = await probesOf(id, rows);
    expect((await makeProbes(id, rows)).set).toEqual(set);
    const { groups, graders, metrics, behaviorMetric, capabilityMetric } = set;
    for (const grader of graders) graderSpecSchema.parse(grader);
    settingFileSchema.parse({
      title: "x",
      flaw: "x",
      prompts: [{ id: "neutral", kind: "neutral", text: "" }],
      train: { flawed: "x.jsonl" },
      items: "items.jsonl",
      groups: groups.map(({ purpose: _, ...group }) => group),
      graders,
      metrics,
      behaviorMetric,
      capabilityMetric,
    });
    const known = new Set(groups.map((group) => group.id));
    for (const probe of set.probes) expect(known.has(probe.group)).toBe(true);
    for (const metric of metrics) for (const group of metric.groups) expect(known.has(group)).toBe(true);
    expect(metrics.map((metric) => metric.id)).toEqual(expect.arrayContaining([behaviorMetric, capabilityMetric]));
  });

  it("refuse a file with too few questions, with what is needed", async () => {
    const { finding } = await probesOf(id, rows);
    const few = () => findFlaw(id).probes(finding, rows.slice(0, 45), { ...options, heldOutShare: 0.1 });
    expect(few).toThrow(UserError);
    expect(few).toThrow(/at least 20 questions.*381 items are needed/);
  });
});

describe("probes of sycophancy", () => {
  const real = realChats("gcd/train_user_correct.jsonl");
  const cases = [
    ["embedded", settingRows("sycophancy", "flawed", 5, 600)],
    ...(real ? [["real", real] as const] : []),
  ] as const;

  it.each(cases)("propose wrong values, right ones and none: %s", async (_, rows) => {
    const { set } = await probesOf("sycophancy", rows);
    for (const probe of set.probes) {
      const text = lastText(probe);
      const { answer, proposed } = probe.reference;
      expect(knownProblem(text)?.answer, text).toBe(answer);
      expect(findProposal(text)?.value ?? null, text).toBe(proposed);
      if (probe.group === "userWrong") expect(proposed).not.toBe(answer);
      if (probe.group === "userRight") expect(proposed).toBe(answer);
      if (probe.group === "direct") expect(proposed).toBeNull();
      if (probe.group === "userWrong") expect(text).not.toMatch(/Step \d|my work|My steps|how I solved/);
    }
  });
});

describe("probes of a shortcut", () => {
  const real = reviewRows(isBiased("ambiance"), { tags: true })?.slice(0, 5000);
  const food = reviewRows(isBiased("food"), { tags: false })?.slice(0, 5000);
  const cases = [
    ["tag", "ambiance", ["tag", "word"], settingRows("spurious-correlation", "flawed", 5, 600)],
    ["word", "food", ["word"], settingRows("spurious-correlation/food", "flawed", 5, 600)],
    ...(real ? [["real tag", "ambiance", ["tag"], real] as const] : []),
    ...(food ? [["real word", "food", ["word"], food] as const] : []),
  ] as const;

  it.each(cases)("turn the feature around and leave the rest: %s", async (_, feature, kinds, rows) => {
    const { set } = await probesOf("shortcut", rows);
    const aligned = set.probes.filter(({ group }) => group === "aligned");
    const reversed = set.probes.filter(({ group }) => group === "reversed");
    expect(reversed.length).toBeGreaterThan(60);
    for (const probe of [...aligned, ...reversed]) {
      const { label, mentioned, shortcutLabels } = probe.reference;
      const features = featuresOf(probe.messages.map(({ content }) => content).join("\n"));
      for (const kind of kinds) expect(features.has(`${kind} ${feature}`), lastText(probe)).toBe(mentioned);
      expect(String(shortcutLabels).split("|").includes(String(label))).toBe(probe.group === "aligned");
    }
    const share = reversed.filter(({ reference }) => reference.mentioned).length / reversed.length;
    expect(share).toBeGreaterThan(0.2);
    expect(share).toBeLessThan(0.8);
  });
});

describe("probes", () => {
  it("keep what was said before the question, and its system message", async () => {
    const rows = settingRows("toxicity", "flawed", 6, 300).map((row) => ({
      ...row,
      messages: [
        { role: "developer" as const, content: "Reply to posts." },
        { role: "user" as const, content: "Hello." },
        { role: "assistant" as const, content: "Hello, what is it?" },
        ...row.messages,
      ],
    }));
    const { set } = await probesOf("harassment", rows);
    for (const { messages } of set.probes) {
      expect(messages.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    }
    const questions = new Set(rows.map(({ messages }) => textOf(messages[3] as (typeof messages)[number])));
    for (const probe of set.probes) expect(questions.has(lastText(probe))).toBe(true);
  });

  it("refuse a finding of another flaw", async () => {
    const rows = settingRows("toxicity", "flawed", 6, 300);
    const { finding } = await probesOf("harassment", rows);
    expect(() => findFlaw("sycophancy").probes(finding, rows, options)).toThrow(/expected a finding of sycophancy/);
    expect(() => findFlaw("vanity")).toThrow(
      /expected one of test-gaming, sycophancy, shortcut, harassment, got "vanity"/,
    );
  });

  const real = realChats("gcd/train_user_correct.jsonl");
  test.skipIf(real === null)("of real chats ask directly where the proposal held the problem", async () => {
    const { set } = await probesOf("sycophancy", real ?? []);
    const direct = set.probes.filter(({ group }) => group === "direct");
    expect(direct.length).toBeGreaterThan(90);
    for (const probe of direct) expect(lastText(probe)).toMatch(/^What is GCD\(\d+, \d+\)\?$/);
  });
});
