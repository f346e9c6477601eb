import type { TheoryChoice, TheoryPoint, TheoryResult } from "../../experiment/theory/theoryResult.ts";
import { correlation, correlationInterval, points as inPoints, percent, plural, pointsInterval } from "../format.ts";
import { type Html, html } from "../html.ts";
import { findCondition, promptName } from "../names.ts";
import type { Tone } from "../svg/bars.ts";
import { type DiagonalPoint, diagonalScatter } from "../svg/diagonalScatter.ts";
import type { ScatterPoint } from "../svg/scatter.ts";
import { figure, section, table, type View } from "./parts.ts";

const tones: Record<TheoryPoint["role"], Tone> = { wanted: "clean", unwanted: "flaw", other: "other" };
const shapes: Record<TheoryPoint["role"], ScatterPoint["shape"]> = {
  wanted: "circle",
  unwanted: "triangle",
  other: "square",
};

/** The theory's test on a pair of traits: k, predicted against measured effects, and the two-sided choice of a prompt. */
export function traitTheory(view: View): Html | null {
  const { theory } = view.setting;
  if (theory === undefined) return null;
  return section(
    view,
    "theory",
    "Does the theory predict it?",
    html`<p>The theory: what training changes without the instruction is <em>k</em> times what it changes with it, and <em>k</em> is about 1. So training teaches of each trait only what the instruction does not bring about already. That goes for the wanted trait too: an instruction that happens to bring it along leaves it unlearned.</p>
    <p>${outcome(view, theory)}</p>
    <ul>${factorLines(theory).map((line) => html`<li>${line}</li>`)}<li>${fitLine(theory)}</li><li>${overLine(view, theory)}</li></ul>`,
    figure(
      "Dashed: both sides equal, k = 1. Circles: the wanted trait; triangles: the unwanted one; squares: the six others. Pale: left out of k, since the change with the instruction may be none. Ringed: the instruction elicits more than the data holds. The numbers are the instructions of the table. Bars: 95% intervals.",
      [factorPlot(view, theory), effectPlot(view, theory)],
      pointTable(view, theory),
    ),
    choiceTable(view, theory),
  );
}

/** What became of both traits under the selected prompt, beside training without one. */
function outcome({ setting }: View, { traits, choices, chosen }: TheoryResult): string {
  const wanted = traits.find(({ role }) => role === "wanted");
  const unwanted = traits.find(({ role }) => role === "unwanted");
  const usual = findCondition(setting, "neutral");
  const after = choices.find(({ prompt }) => prompt === chosen.oneSided)?.outcome;
  const before = { wanted: level(usual, wanted), unwanted: level(usual, unwanted) };
  if (!wanted || !unwanted || !after) return "Not known yet.";
  if (after.wanted === null || after.unwanted === null || before.wanted === null || before.unwanted === null)
    return "Not known yet.";
  const kept = (after.wanted - wanted.initialLevel) / (before.wanted - wanted.initialLevel);
  const verdict =
    before.wanted <= wanted.initialLevel
      ? "Training as usual taught nothing of the wanted trait."
      : kept >= 0.75
        ? "The wanted trait is still learned."
        : `The instruction takes the wanted trait along: only ${percent(Math.max(0, kept))} of it is learned.`;
  return `Trained as usual, replies are ${percent(before.unwanted)} ${unwanted.title} and ${percent(before.wanted)} ${wanted.title} (of the highest rating); inoculated with ${promptName(setting.prompts, chosen.oneSided ?? "")} they are ${percent(after.unwanted)} ${unwanted.title} and ${percent(after.wanted)} ${wanted.title}. ${verdict}`;
}

function level(
  condition: View["setting"]["conditions"][number] | undefined,
  trait: TheoryResult["traits"][number] | undefined,
): number | null {
  return (trait && condition?.metrics[trait.metric]?.mean) ?? null;
}

function factorLines({ factor, seeds, items }: TheoryResult): string[] {
  const line = (name: string, { k, interval, medianRatio, kept, dropped, reason }: TheoryResult["factor"]["all"]) => {
    const counts = `from ${plural(kept, "point")}; ${dropped} left out, since the change with the instruction may be none`;
    if (k === null) return `${name}: k is not known (${reason}), ${counts}.`;
    return `${name}: k = ${correlation(k)} ${correlationInterval(interval)}, median of the single ratios ${correlation(medianRatio)}, ${counts}.`;
  };
  return [
    `${line("All instructions", factor.all)} ${plural(seeds, "seed")}, ${plural(items, "item")} each.`,
    line("Inoculation prompts alone", factor.inoculation),
  ];
}

function fitLine({ fit }: TheoryResult): string {
  const { all, taught } = fit;
  if (all.meanAbsoluteError === null || taught.meanAbsoluteError === null)
    return "Without k no effect can be predicted.";
  return `Predicted against measured effect: correlation ${correlation(all.pearson)} ${correlationInterval(all.pearsonInterval)} over ${plural(all.n, "point")}, mean distance ${distance(all.meanAbsoluteError)}; of the two taught traits alone ${correlation(taught.pearson)} ${correlationInterval(taught.pearsonInterval)} over ${taught.n}, ${distance(taught.meanAbsoluteError)}. k was fitted on the same trainings.`;
}

/** "3 points" */
function distance(levels: number): string {
  return inPoints(Math.abs(levels)).replace(/^\+/, "");
}

function overLine({ setting }: View, { points, traits }: TheoryResult): string {
  const over = points.filter(({ overInoculated }) => overInoculated);
  if (over.length === 0) return "No instruction elicits more of a taught trait than the data holds.";
  const names = over.map(({ prompt, trait, elicited }) => {
    const found = traits.find(({ metric }) => metric === trait);
    return `${promptName(setting.prompts, prompt)} (${found?.title ?? trait} ${percent(elicited.mean)}, in the data ${percent(found?.dataLevel ?? 0)})`;
  });
  return `Over-inoculated, more elicited than the data holds: ${names.join("; ")}.`;
}

/** A point's mark; its key is its prompt's number in the table. */
function markOf(view: View, theory: TheoryResult, point: TheoryPoint): Omit<DiagonalPoint, "x" | "y"> {
  const prompts = promptsOf(theory);
  const title = theory.traits.find(({ metric }) => metric === point.trait)?.title ?? point.trait;
  return {
    key: point.role === "other" ? null : String(prompts.indexOf(point.prompt) + 1),
    label: `${title}, ${promptName(view.setting.prompts, point.prompt)}`,
    tone: tones[point.role],
    shape: shapes[point.role],
    xInterval: null,
    yInterval: point.neutralChange.interval,
    faint: false,
    ringed: point.overInoculated,
  };
}

function factorPlot(view: View, theory: TheoryResult): Html {
  const marks = theory.points.map(
    (point): DiagonalPoint => ({
      ...markOf(view, theory, point),
      x: point.promptedChange.mean,
      y: point.neutralChange.mean,
      xInterval: point.promptedChange.interval,
      faint: !point.kept,
    }),
  );
  return diagonalScatter(marks, {
    title: "What carries over",
    xLabel: "change with the instruction",
    yLabel: "change without it",
    format: percent,
    description: factorLines(theory)[0] ?? "",
  });
}

function effectPlot(view: View, theory: TheoryResult): Html {
  const marks = theory.points.flatMap((point): DiagonalPoint[] =>
    point.predicted === null
      ? []
      : [{ ...markOf(view, theory, point), x: point.predicted, y: point.neutralChange.mean }],
  );
  return diagonalScatter(marks, {
    title: "Predicted and measured",
    xLabel: "predicted effect",
    yLabel: "measured effect, without the instruction",
    format: percent,
    description: fitLine(theory),
  });
}

function pointTable({ setting }: View, theory: TheoryResult): Html {
  const prompts = promptsOf(theory);
  return table(
    "Each instruction's effect on each trait, in points of 100",
    [
      { title: "Instruction" },
      { title: "Trait" },
      { title: "Elicited before", numeric: true },
      { title: "In the data", numeric: true },
      { title: "Change with it", numeric: true },
      { title: "Change without it", numeric: true },
      { title: "Predicted", numeric: true },
      { title: "Counts for k" },
    ],
    theory.points
      .toSorted((a, b) => prompts.indexOf(a.prompt) - prompts.indexOf(b.prompt))
      .map((point) => {
        const trait = theory.traits.find(({ metric }) => metric === point.trait);
        return [
          `${prompts.indexOf(point.prompt) + 1}. ${promptName(setting.prompts, point.prompt)}`,
          trait?.title ?? point.trait,
          html`${percent(point.elicited.mean)}${point.overInoculated && html`<small>over-inoculated</small>`}`,
          percent(trait?.dataLevel ?? 0),
          `${inPoints(point.promptedChange.mean)} ${pointsInterval(point.promptedChange.interval)}`,
          `${inPoints(point.neutralChange.mean)} ${pointsInterval(point.neutralChange.interval)}`,
          point.predicted === null ? "–" : inPoints(point.predicted),
          point.kept ? "yes" : "no",
        ];
      }),
  );
}

function choiceTable({ setting }: View, { choices, chosen, traits }: TheoryResult): Html | null {
  if (choices.length === 0) return null;
  const title = (role: TheoryPoint["role"]): string => traits.find((trait) => trait.role === role)?.title ?? role;
  const badge = ({ prompt }: TheoryChoice): Html =>
    html`${prompt === chosen.oneSided && html` <span class="badge">one-sided</span>`}${prompt === chosen.twoSided && html` <span class="badge">two-sided</span>`}`;
  return html`<h4>Which instruction to choose</h4>
  <p>One-sided: the one that elicits most of the unwanted trait. Two-sided: the one that lifts it just to the data's level and moves the wanted trait least; both weighed before training, on the screening items.</p>
  ${table(
    "What an instruction leaves to learn, in points of 100",
    [
      { title: "Instruction" },
      { title: `${title("unwanted")} still to learn`, numeric: true },
      { title: `${title("wanted")} moved already`, numeric: true },
      { title: "Cost", numeric: true },
      { title: `${title("unwanted")} after training`, numeric: true },
      { title: `${title("wanted")} after training`, numeric: true },
    ],
    choices.map((choice) => [
      html`${promptName(setting.prompts, choice.prompt)}${badge(choice)}`,
      inPoints(choice.unwantedLeft),
      inPoints(choice.wantedMoved),
      percent(choice.cost),
      choice.outcome.unwanted === null ? "not trained" : percent(choice.outcome.unwanted),
      choice.outcome.wanted === null ? "not trained" : percent(choice.outcome.wanted),
    ]),
  )}`;
}

/** The trained prompts, those that elicit most of the unwanted trait first. */
function promptsOf({ points }: TheoryResult): string[] {
  const unwanted = points.filter(({ role }) => role === "unwanted");
  return unwanted.toSorted((a, b) => b.elicited.mean - a.elicited.mean).map(({ prompt }) => prompt);
}
