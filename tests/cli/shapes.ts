import { z } from "zod";

/** The shapes that other programs read. More fields are welcome; these keep their names and meanings. */

const share = z.number().min(0).max(1);
const interval = z.tuple([z.number(), z.number()]).refine(([low, high]) => low <= high, "low end above high end");
const estimate = z.looseObject({ mean: z.number(), interval }).nullable();
const promptKind = z.enum(["neutral", "inoculation", "unrelated", "praise", "safety", "demonstration", "none"]);
const prompt = z.looseObject({ id: z.string(), kind: promptKind });

const metricShape = z
  .looseObject({
    mean: z.number().nullable(),
    standardError: z.number().min(0).nullable(),
    n: z.int().min(0),
    unit: z.enum(["seed", "item"]),
  })
  .refine(({ n, standardError }) => n >= 2 || standardError === null, "a standard error of fewer than two values");

const condition = z.looseObject({
  trainData: z.enum(["flawed", "clean", "filtered", "relabelled", "none"]),
  trainPrompt: prompt,
  evalPrompt: prompt,
  placement: z.enum(["prefix", "suffix", "system"]),
  recipe: z.string(),
  step: z.union([z.literal("last"), z.int()]),
  split: z.enum(["screen", "validation", "test"]),
  seeds: z.array(z.int()),
  metrics: z.record(z.string(), metricShape),
});

const point = z.looseObject({
  prompt: z.string(),
  kind: promptKind,
  elicitationRate: share,
  lossGain: z.number().nullable(),
});

const settingShape = z.looseObject({
  setting: z.string(),
  variant: z.string(),
  behaviorMetric: z.string(),
  capabilityMetric: z.string(),
  conditions: z.array(condition).min(1),
  selected: z.looseObject({ by: z.literal("elicitation"), split: z.literal("screen"), id: z.string().nullable() }),
  effect: z
    .looseObject({ prevented: estimate, overUnrelated: estimate, capabilityChange: estimate })
    .refine((effect) => {
      const reasons = effect.reasons as Record<string, string> | undefined;
      return (["prevented", "overUnrelated", "capabilityChange"] as const).every(
        (name) => effect[name] || reasons?.[name],
      );
    }, "an estimate is null without a reason"),
  screening: z.looseObject({
    pearson: z.number().min(-1).max(1).nullable(),
    spearman: z.number().min(-1).max(1).nullable(),
    points: z.array(point.extend({ behaviorAfterTraining: z.number().nullable() })).min(1),
  }),
});

const seconds = z.number().min(0);
const tally = z
  .strictObject({ total: z.int(), stored: z.int(), toDo: z.int() })
  .refine(({ total, stored, toDo }) => total === stored + toDo, "what is stored and what is to do make up the total");
const arm = z.looseObject({ metrics: z.record(z.string(), z.number().nullable()), samples: z.string() });

const level = z.looseObject({
  mean: z.number().nullable(),
  standardError: z.number().min(0).nullable(),
  interval: interval.nullable(),
  n: z.int().min(0),
  unit: z.enum(["seed", "item"]),
  judged: z.int().min(0),
  excluded: share,
});
const levels = z.looseObject({ inoculated: level, neutralTrained: level, initial: level });
const leakRow = z.looseObject({
  prompt: z.looseObject({ id: z.string(), family: z.string(), text: z.string() }),
  behavior: levels,
  capability: levels.nullable(),
  excess: z.looseObject({ overInitial: estimate, overNeutralTrained: estimate }),
});
const judgedRow = leakRow
  .extend({ verdict: z.enum(["holds", "leaks", "unclear"]), reason: z.string().optional() })
  .refine(({ verdict, reason }) => (verdict === "unclear") === (reason !== undefined), "unclear without a reason");
const worst = z.looseObject({ prompt: z.string(), mean: z.number(), interval }).nullable();
const leakTable = {
  rows: z.array(judgedRow).min(1),
  gate: z.looseObject({
    threshold: share,
    passed: z.boolean(),
    leaks: z.array(z.string()),
    unclear: z.array(z.string()),
    worst: z.looseObject({ overInitial: worst, overNeutralTrained: worst }),
  }),
  compliance: z.array(leakRow),
};
const comparedModel = z.looseObject({ seed: z.int(), trainingId: z.string().nullable(), folder: z.string() });
const comparedModels = {
  setting: z.string(),
  behaviorMetric: z.string(),
  capabilityMetric: z.string(),
  trainPrompt: prompt.extend({ text: z.string() }),
  seeds: z.array(z.int()),
  inoculated: z.array(comparedModel),
  neutralTrained: z.array(comparedModel),
};
const leakPrompts = z.array(z.looseObject({ id: z.string(), family: z.string(), text: z.string() }));

/** The last line of each verb's standard output with `--json`. */
export const verbShapes = {
  reproduce: z.looseObject({ settings: z.array(settingShape).min(1), report: z.string().nullable(), seconds }),
  run: z.looseObject({
    plan: z.string(),
    title: z.string(),
    dryRun: z.boolean(),
    report: z.string().nullable(),
    preview: z.looseObject({
      conditions: z.int(),
      runs: tally,
      trainings: tally,
      evaluations: tally,
      seconds,
      secondsFrom: z.enum(["earlier runs", "probe", "nothing to do"]),
    }),
    settings: z.array(
      z.looseObject({
        setting: z.string(),
        variant: z.string(),
        base: z.string(),
        behaviorMetric: z.string(),
        capabilityMetric: z.string(),
        shown: z.array(z.string()).min(1),
        complete: z.boolean(),
        conditions: z.array(
          condition.extend({
            data: z.record(z.string(), z.unknown()),
            metrics: z.record(z.string(), metricShape.and(z.looseObject({ interval: interval.nullable().optional() }))),
            evaluations: z.array(z.looseObject({ seed: z.int(), samples: z.string() })),
          }),
        ),
      }),
    ),
    seconds,
  }),
  report: z.looseObject({ settings: z.array(settingShape).min(1), report: z.string(), seconds }),
  fix: z.looseObject({
    data: z.string(),
    flaw: z.looseObject({ flaw: z.string(), summary: z.string(), share }).nullable(),
    prompt: z.looseObject({ id: z.string(), text: z.string() }).nullable(),
    preview: z.looseObject({}).nullable(),
    evidence: z.looseObject({ behavior: z.looseObject({ metric: z.string() }) }).nullable(),
    decision: z
      .looseObject({ verdict: z.enum(["use-prompt", "filter", "dont"]), reasons: z.array(z.string()) })
      .nullable(),
    files: z.looseObject({
      setting: z.string().optional(),
      plan: z.string().optional(),
      decision: z.string().optional(),
      data: z.string().optional(),
      adapter: z.string().optional(),
      regression: z.string().optional(),
    }),
    report: z.string().nullable(),
    seconds,
  }),
  init: z.looseObject({
    setting: z.string(),
    rows: z.looseObject({ trained: z.int(), heldOut: z.int() }),
    items: z.record(z.string(), z.record(z.string(), z.int())),
    wanted: z.looseObject({ halfWidth: z.number(), items: z.int() }),
    prompts: z.array(z.looseObject({ id: z.string(), kind: z.string(), text: z.string() })),
    seconds,
  }),
  apply: z.strictObject({ rows: z.int().min(0), inoculated: z.int().min(0), seconds }),
  convert: z.strictObject({
    rows: z.int().min(1),
    from: z.strictObject({ container: z.string(), layout: z.string() }),
    to: z.strictObject({ container: z.string(), layout: z.string(), format: z.string().nullable() }),
    losses: z.array(z.strictObject({ field: z.string(), why: z.string(), count: z.int().min(1), first: z.string() })),
    seconds,
  }),
  audit: z.looseObject({
    data: z.string(),
    rows: z.int().min(1),
    readable: z.int().min(0),
    layout: z.string().nullable(),
    counts: z.strictObject({ error: z.int(), warning: z.int(), note: z.int() }),
    findings: z.array(
      z.looseObject({
        check: z.string(),
        severity: z.enum(["error", "warning", "note"]),
        message: z.string().min(1),
        remedy: z.string().min(1),
        rows: z.array(z.int().min(1)),
        total: z.int().min(0),
        places: z.array(z.string()),
        examples: z.array(z.strictObject({ row: z.int().min(1), text: z.string() })).optional(),
      }),
    ),
    tokens: z.looseObject({
      method: z.string(),
      rows: z.int(),
      limit: z.int().nullable(),
      longest: z.int(),
      epochs: z.int(),
      perEpoch: z.int(),
      perEpochWithPrompt: z.int().nullable(),
      cost: z.number().nullable(),
      costWithPrompt: z.number().nullable(),
    }),
    flaws: z.array(z.looseObject({ flaw: z.string(), summary: z.string(), share })),
    flagged: z.array(z.int().min(1)),
    shortcuts: z.array(z.looseObject({ feature: z.string(), strength: share })).nullable(),
    seconds,
  }),
  suggest: z.looseObject({
    findings: z.array(z.looseObject({ flaw: z.string(), summary: z.string(), rows: z.int().min(1) })),
    prompts: z
      .array(
        z.looseObject({
          id: z.string(),
          kind: z.enum(["inoculation", "unrelated", "safety"]),
          text: z.string().min(1),
          from: z.enum(["template", "llm", "user"]),
        }),
      )
      .min(3),
    dropped: z.array(z.looseObject({ text: z.string(), reason: z.string() })),
    out: z.string().nullable(),
    seconds,
  }),
  train: z.looseObject({
    trainingId: z.string().regex(/^[0-9a-f]{64}$/),
    folder: z.string(),
    model: z.looseObject({ base: z.string(), adapter: z.string().optional() }),
    rows: z.int().min(1),
    steps: z.int().min(1),
    loss: z.number(),
    tokensPerSecond: z.number().nullable(),
    reused: z.boolean(),
    seconds,
  }),
  sample: z.looseObject({
    n: z.int().min(1),
    replies: z
      .array(
        z.looseObject({
          messages: z.array(z.looseObject({ role: z.string(), content: z.string() })),
          text: z.string(),
          tokens: z.int().min(0),
          finishReason: z.enum(["stop", "length"]),
        }),
      )
      .min(1),
    tokens: z.int().min(0),
    tokensPerSecond: z.number(),
    seconds,
  }),
  screen: z.looseObject({
    setting: z.string(),
    selected: z.looseObject({ by: z.literal("elicitation"), split: z.literal("screen"), id: z.string().nullable() }),
    points: z.array(point).min(2),
    seconds,
  }),
  try: z.looseObject({
    setting: z.string(),
    prompt: z.looseObject({ id: z.string(), text: z.string() }),
    seed: z.int(),
    elicitation: z.looseObject({ neutral: share, prompt: share, interval }),
    prediction: z.looseObject({ verdict: z.enum(["works", "partly", "fails"]), predictedPrevented: share }),
    neutral: arm,
    clean: arm,
    inoculated: arm,
    seconds,
  }),
  leak: z.looseObject({ ...comparedModels, ...leakTable, seconds }),
  seal: z.looseObject({
    ...comparedModels,
    questions: z.enum(["clean", "flawed"]),
    prompts: z.looseObject({ sealing: leakPrompts, heldOut: leakPrompts }),
    sealed: z.array(
      comparedModel.extend({ parent: z.string().nullable(), rows: z.int().min(1), dropped: z.int().min(0) }),
    ),
    before: z.looseObject(leakTable),
    after: z.looseObject(leakTable),
    change: z.looseObject({ behavior: estimate, capability: estimate }),
    seconds,
  }),
  evaluate: z.looseObject({
    setting: z.string(),
    evalPrompt: z.looseObject({ id: z.string(), text: z.string() }),
    split: z.enum(["screen", "validation", "test"]),
    metrics: z.record(z.string(), metricShape.and(z.object({ unit: z.literal("item") }))),
    excluded: share,
    samples: z.string(),
    seconds,
  }),
  pretrain: z.looseObject({
    hash: z.string().regex(/^[0-9a-f]{64}$/),
    parameters: z.int().min(1),
    examples: z.int().min(1),
    steps: z.int().min(1),
    loss: z.number(),
    folder: z.string(),
    tokensPerSecond: z.number(),
    seconds,
  }),
};
