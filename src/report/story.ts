import { createColors } from "picocolors";
import type { OnEvent, ReproduceEvent, RunRef } from "../experiment/events.ts";
import type { ConditionResult, ReproduceResult, SettingResult } from "../experiment/result.ts";
import { duration, formatValue, shorten } from "./format.ts";
import { findCondition, type Role, trainingName } from "./names.ts";
import { replyReader } from "./replies.ts";
import { type TableOptions, table } from "./table.ts";
import { closing, settingDone } from "./terminal/closing.ts";
import { liveRegion, type TerminalStream } from "./terminal/liveRegion.ts";
import { opening, prediction, sameQuestions } from "./terminal/paragraphs.ts";
import type { Style } from "./terminal/prose.ts";
import { printable } from "./terminal/text.ts";

export interface StoryOptions {
  /** Where the story goes: standard error with `--json`. Redrawn in place if it is a terminal. */
  stream: TerminalStream;
  /** @default a terminal without NO_COLOR */
  color?: boolean;
  /** Milliseconds, for the rhythm of redrawing only. @default performance.now */
  now?: () => number;
}

/** Tells a newcomer what `reproduce` does while it does it. */
export interface Story {
  onEvent: OnEvent;
  /** The end: final table, verdict, control, limits, where the page is. */
  finish(result: ReproduceResult): void;
  /** Takes the live lines away, e.g. after an error. */
  stop(): void;
}

/** Groups in the live table; the others are in the final one. */
const LIVE: readonly Role[] = ["initial", "neutral", "clean", "inoculation", "demonstration", "unrelated"];
/** Characters of a setting's title in a line of progress. */
const TITLE_LENGTH = 24;
const REDRAW_MS = 120;
/** Without a terminal: this many lines of progress, for the first setting and for each later one. */
const PLAIN_STEPS = { first: 10, later: 4 };

interface State {
  plan: Extract<ReproduceEvent, { type: "plan" }> | null;
  summary: SettingResult | null;
  working: Map<string, { run: RunRef; text: string }>;
  screening: string;
  progress: string;
  told: Set<string>;
  /** Settings that have begun. */
  begun: Set<string>;
  plainStep: number;
}

/** The live story on a stream. On a terminal a table fills in place; elsewhere a plain line comes now and then. */
export function story({ stream, color, now = () => performance.now() }: StoryOptions): Story {
  const live = stream.isTTY === true;
  const ink = createColors(color ?? (live && !process.env.NO_COLOR));
  const style = (): Style => ({ width: live ? (stream.columns ?? 80) : 100, ink });
  const region = liveRegion(stream);
  const state = newState();
  let drawnAt = Number.NEGATIVE_INFINITY;

  /** Prints a part of the story the first time that it can be told. */
  const once = (part: string, lines: readonly string[] | null): void => {
    if (lines === null || state.told.has(part)) return;
    state.told.add(part);
    region.print(lines);
  };

  /** One of several settings has ended: said when the next begins, or at the end of everything. */
  const endSetting = (event: ReproduceEvent): void => {
    const { plan, summary } = state;
    const next = event.type === "plan" && plan !== null && event.setting !== plan.setting;
    const last = event.type === "done" && state.begun.size > 1;
    if (summary && (next || last)) once(`${summary.id} end`, settingDone(summary, style()));
  };

  const onEvent: OnEvent = (event) => {
    endSetting(event);
    const force = apply(state, event);
    const first = state.begun.size < 2;
    if (event.type === "plan") once(`${event.setting} opening`, opening(event, style(), first));
    if (event.type === "screened" && state.plan) {
      once(`${event.setting} prediction`, prediction(event, state.plan, style(), first));
    }
    if (event.type === "summary") once(`${event.result.id} question`, question(state, style()));
    if (event.type === "run-failed") region.print([failure(state, event)]);
    if (event.type === "run-note") region.print([`  ${printable(`${runName(state, event.run)}: ${event.message}`)}`]);
    if (!live) region.print(plainLines(state, event));
    if (event.type === "done") region.clear();
    else if (force || now() - drawnAt >= REDRAW_MS) {
      drawnAt = now();
      region.draw(liveLines(state, style()));
    }
  };

  return {
    onEvent,
    finish: (result) => {
      region.clear();
      const [only, ...others] = result.settings;
      const tables = only && others.length === 0 ? ["", ...tableLines(only, style())] : [];
      region.print([...tables, ...closing(result, style())]);
    },
    stop: () => region.clear(),
  };
}

function tableLines(setting: SettingResult, { width, ink }: Style, options: TableOptions = {}): string[] {
  const lines = table(setting, { width: width - 3, color: ink.isColorSupported, ...options });
  return lines.map((line) => `  ${line}`);
}

/** A few items with both models' replies, unless they were told; `null` until both have replied. */
function question(state: State, style: Style): string[] | null {
  const { plan, summary } = state;
  if (!plan || !summary || state.told.has(`${summary.id} question`)) return null;
  const pair = bothModels(summary);
  return pair && sameQuestions(summary, replyReader(plan.folder)(pair), style, state.begun.size < 2);
}

function failure(state: State, event: Extract<ReproduceEvent, { type: "run-failed" }>): string {
  const what = event.willRetry ? "trying again" : "failed";
  return `  ${what}: ${printable(`${runName(state, event.run)}: ${event.message}`)}`;
}

function newState(): State {
  const told = { told: new Set<string>(), begun: new Set<string>() };
  return { ...told, plan: null, summary: null, working: new Map(), screening: "", progress: "", plainStep: -1 };
}

/** Takes an event in; true where it should show at once. */
function apply(state: State, event: ReproduceEvent): boolean {
  switch (event.type) {
    case "plan":
      if (state.plan?.setting !== event.setting) {
        const { told, begun } = state;
        Object.assign(state, { ...newState(), told, begun: begun.add(event.setting) });
      }
      state.plan = event;
      return true;
    case "screening":
      state.screening = `asking the untrained model, with each instruction: ${event.done} of ${event.total}`;
      return false;
    case "screened":
      state.screening = "";
      return true;
    case "run-started":
      state.working.set(event.run.id, { run: event.run, text: "starting" });
      return true;
    case "run-step":
      state.working.set(event.run.id, { run: event.run, text: `training ${event.step}/${event.steps}` });
      return false;
    case "run-evaluating":
      state.working.set(event.run.id, { run: event.run, text: `asking ${event.done}/${event.total}` });
      return false;
    case "run-finished":
    case "run-failed":
      state.working.delete(event.run.id);
      return true;
    case "estimate":
      state.progress = `${shorten(printable(state.plan?.title ?? ""), TITLE_LENGTH)}: ${event.done} of ${event.total} runs done${event.secondsLeft === null ? "" : `, about ${duration(event.secondsLeft)} left`}`;
      return true;
    case "summary":
      state.summary = event.result;
      return true;
    case "run-note":
    case "done":
      return true;
  }
}

/** The lines that are redrawn: the table so far, what is being worked on, the time left. */
function liveLines(state: State, style: Style): string[] {
  const { ink } = style;
  const working = [...state.working.values()].map(
    ({ run, text }) =>
      `  ${ink.cyan("▸")} ${printable(runName(state, run))}${run.seed === 0 ? "" : `, seed ${run.seed}`}  ${ink.dim(text)}`,
  );
  const pending = ({ trainData, trainPrompt }: ConditionResult): string | undefined =>
    [...state.working.values()].find(({ run }) => run.trainData === trainData && run.trainPrompt.id === trainPrompt.id)
      ?.text;
  const numbers = state.summary ? [...tableLines(state.summary, style, { only: LIVE, pending }), ""] : [];
  const last = [state.screening, state.progress].filter((text) => text !== "").map((text) => `  ${ink.dim(text)}`);
  return [...numbers, ...working, ...last];
}

/** Without a terminal: that screening began, then one line per tenth of the runs. */
function plainLines(state: State, event: ReproduceEvent): string[] {
  if (event.type === "screening" && !state.told.has("screening")) {
    state.told.add("screening");
    return ["  Asking the untrained model first.", ""];
  }
  if (event.type !== "estimate" || event.total === 0) return [];
  const steps = state.begun.size < 2 ? PLAIN_STEPS.first : PLAIN_STEPS.later;
  const step = Math.floor((steps * event.done) / event.total);
  if (step === state.plainStep || (step === 0 && steps === PLAIN_STEPS.later)) return [];
  state.plainStep = step;
  return [`  ${state.progress}${plainNumbers(state.summary)}`];
}

function plainNumbers(summary: SettingResult | null): string {
  if (!summary) return "";
  const metric = summary.behaviorMetric;
  const show = (condition: ConditionResult | undefined): string =>
    formatValue(condition?.metrics[metric]?.mean ?? null, metric);
  const inoculated =
    summary.selected.id === null ? undefined : findCondition(summary, "inoculation", summary.selected.id);
  return ` · as usual ${show(findCondition(summary, "neutral"))}, inoculated ${show(inoculated)}`;
}

function runName({ plan }: State, run: RunRef): string {
  return trainingName(plan?.prompts ?? [], run);
}

/** The setting with the two conditions that the newcomer should see first; `null` until both have replies. */
function bothModels(setting: SettingResult): SettingResult | null {
  const { id } = setting.selected;
  const conditions = [
    findCondition(setting, "neutral"),
    id === null ? undefined : findCondition(setting, "inoculation", id),
  ];
  const known = conditions.filter((condition) => condition !== undefined && condition.evaluations.length > 0);
  return known.length === 2 ? { ...setting, conditions: known as ConditionResult[] } : null;
}
