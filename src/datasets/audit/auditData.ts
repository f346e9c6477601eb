import type { LayoutId } from "../../data/files/dataRow.ts";
import type { Columns } from "../../data/files/layouts/columnLayout.ts";
import type { Insertion } from "../../data/insertion.ts";
import { findInsults } from "../../grading/insults.ts";
import type { AuditContext, Check, Seen } from "./check.ts";
import { checks } from "./checks.ts";
import { type TokenEstimate, tokenSums } from "./estimate.ts";
import { type Finding, severities } from "./finding.ts";
import { type FoundFlaws, flawFindings } from "./flawFindings.ts";
import { createHits } from "./hits.ts";
import { prepareRow } from "./prepareRow.ts";
import { readRows } from "./readRows.ts";
import { rowReservoir, type SampleOptions } from "./sampleRows.ts";
import { readTestRows } from "./testRows.ts";
import { approximateTokens } from "./tokens/approximateTokens.ts";
import { modelTokens } from "./tokens/modelTokens.ts";

export interface AuditOptions extends SampleOptions {
  /** The fine-tuning file: one JSON object a line. */
  data: string;
  /** Held-out rows that the file must not hold. */
  test?: string | undefined;
  /** The prompt that is to be inserted, and where. */
  insertion?: Insertion | undefined;
  /** Folder of the model to train: its tokenizer and chat template are asked. @default tokens are counted approximately */
  model?: string | undefined;
  /** Most tokens of a row. @default the model's context, or no limit */
  maxTokens?: number | undefined;
  /** Passes over the file, for the estimate. @default 1 */
  epochs?: number | undefined;
  /** Price of a million training tokens. */
  pricePerMillion?: number | undefined;
  /** For tables: which column holds what, e.g. `{ user: "question", assistant: "answer" }`. */
  columns?: Columns | undefined;
  /** Row numbers listed in a finding. @default 1000 */
  maxRows?: number | undefined;
  /** Lets insults be examples. @default false */
  show?: boolean | undefined;
  /** Python processes at once, where rows hold code to run. @default 1 */
  workers?: number | undefined;
  signal?: AbortSignal | undefined;
  /** Rows read so far, then rows looked at for flaws. */
  onProgress?: ((work: "read" | "flaws", rows: number) => void) | undefined;
}

export interface AuditResult extends Omit<FoundFlaws, "findings"> {
  data: string;
  rows: number;
  /** Rows that can be understood. */
  readable: number;
  /** How the rows say what was said: the most frequent way. */
  layout: LayoutId | null;
  counts: Record<Finding["severity"], number>;
  /** Errors first. */
  findings: Finding[];
  tokens: TokenEstimate;
}

/**
 * Says what is wrong with a fine-tuning file before it is trained on. The file is read once; broken rows are reported
 * and passed over.
 *
 * @throws UserError where a file or the model cannot be read, or the file has no row
 * @throws GraderError where the sandbox in which rows' code is run breaks
 */
export async function auditData(options: AuditOptions): Promise<AuditResult> {
  const context = await createContext(options);
  const running = checks.map((create) => create(context));
  const sums = tokenSums(options, context.tokens);
  const sample = rowReservoir(options);
  const layouts = new Map<LayoutId, number>();
  let [rows, readable] = [0, 0];
  for await (const read of readRows(options.data, options)) {
    rows += 1;
    if (read.layout) layouts.set(read.layout, (layouts.get(read.layout) ?? 0) + 1);
    for (const check of running) check.anyRow?.(read);
    const row = prepareRow(read, context.tokens, options.insertion);
    if (row !== undefined) {
      readable += 1;
      sample.add(row);
      sums.add(row);
      for (const check of running) check.row?.(row);
    }
    if (rows % 1000 === 0) options.onProgress?.("read", rows);
  }
  const seen: Seen = { rows, sample: sample.items(), sampled: sample.sampled };
  const { findings: flawed, ...flaws } = await flawFindings(seen, context);
  const findings = [...(await finish(running, seen)), ...flawed].sort(bySeverity);
  const count = (severity: Finding["severity"]): number =>
    findings.filter((finding) => finding.severity === severity).length;
  return {
    data: options.data,
    rows,
    readable,
    layout: [...layouts].sort(([, a], [, b]) => b - a)[0]?.[0] ?? null,
    counts: { error: count("error"), warning: count("warning"), note: count("note") },
    findings,
    tokens: sums.estimate(),
    ...flaws,
  };
}

async function createContext(options: AuditOptions): Promise<AuditContext> {
  const { data, test, insertion, model, maxTokens, signal, show = false, maxRows = 1000, workers = 1 } = options;
  const mayShow = (text: string): boolean => show || findInsults(text).length === 0;
  return {
    file: data,
    insertion,
    tokens: model === undefined ? approximateTokens(maxTokens) : await modelTokens(model, maxTokens),
    ...(test !== undefined && { test: await readTestRows(test, options) }),
    hits: () => createHits(maxRows, mayShow),
    workers,
    signal,
    onProgress: (done) => options.onProgress?.("flaws", done),
  };
}

async function finish(running: readonly Check[], seen: Seen): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of running) findings.push(...(await check.finish(seen)));
  return findings;
}

function bySeverity(a: Finding, b: Finding): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity);
}
