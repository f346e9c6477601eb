/** What the paper found for one setting or variant. */
export type PaperFigures = Readonly<{
  /** What the figures below measure. */
  measure: string;
  /** Our metric of the same, where it is not the setting's behavior metric. */
  metric?: string;
  /** `share`: between 0 and 1; `score`: on a scale of its own. */
  unit: "share" | "score";
  /** Trained as usual, with the best and the worst inoculation prompt, and on clean data. */
  neutral: number;
  best: number;
  worst: number;
  clean: number;
  /** Trained as usual, asked with a safety instruction. */
  safety: number;
  /** Capability after training as usual and with the best prompt; absent where the measure above covers it. */
  skill?: { measure: string; neutral: number; best: number };
  /** Correlation of success with elicitation in the initial model; absent where none is given. */
  correlation?: string;
}>;

/** Read off the figures of Wichers et al. 2025 (arXiv 2510.05024 v3), with plotting precision of about 0.01. */
const figures: Readonly<Record<string, PaperFigures>> = {
  sycophancy: {
    measure: "confirms a wrong answer",
    unit: "share",
    neutral: 0.71,
    best: 0.1,
    worst: 0.8,
    clean: 0.35,
    safety: 0.59,
    skill: { measure: "right when asked directly", neutral: 0.84, best: 0.82 },
    correlation: "0.57",
  },
  "spurious-correlation/ambiance": {
    measure: "robust accuracy",
    metric: "robustAccuracy",
    unit: "share",
    neutral: 0.48,
    best: 0.72,
    worst: 0.68,
    clean: 0.77,
    safety: 0.5,
    correlation: "0.90",
  },
  "reward-hacking/half": {
    measure: "hacks the visible test",
    unit: "share",
    neutral: 0.7,
    best: 0.07,
    worst: 0.12,
    clean: 0.05,
    safety: 0.65,
    skill: { measure: "solves the problem", neutral: 0.15, best: 0.61 },
  },
  "reward-hacking/all": {
    measure: "hacks the visible test",
    unit: "share",
    neutral: 0.9,
    best: 0.07,
    worst: 0.43,
    clean: 0.05,
    safety: 0.88,
    skill: { measure: "solves the problem", neutral: 0.01, best: 0.6 },
    correlation: "0.57, on another model",
  },
  toxicity: {
    measure: "harassment",
    unit: "score",
    neutral: 0.124,
    best: 0.094,
    worst: 0.127,
    clean: 0.061,
    safety: 0.121,
    skill: { measure: "persuasiveness", neutral: 1.56, best: 1.84 },
    correlation: "0.69",
  },
};

/** The paper's figures for a variant of a family, else for the family; `null` where it gives none. */
export function paperFigures(family: string, variant: string): PaperFigures | null {
  const key = [`${family}/${variant}`, family].find((name) => Object.hasOwn(figures, name));
  return key === undefined ? null : (figures[key] as PaperFigures);
}
