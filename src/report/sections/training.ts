import type { TrainingResult } from "../../experiment/result.ts";
import { type Html, html } from "../html.ts";
import { roleOf, trainingName } from "../names.ts";
import { type Line, lines } from "../svg/lines.ts";
import { figure, section, table, tones, type View } from "./parts.ts";

/** Points per line at most; longer curves are averaged into this many bins. */
const POINTS = 100;

/** Loss per step of every fine-tuning. */
export function training(view: View): Html | null {
  const { setting } = view;
  const trainings = setting.trainings.filter((entry) => entry.curve.length > 0);
  if (trainings.length === 0) return null;
  const series = trainings.map((entry): Line => {
    const role = roleOf({ ...entry, evalPrompt: { id: "neutral", kind: "neutral" } });
    const selected = role === "inoculation" && entry.trainPrompt.id === setting.selected.id;
    return {
      label: `${trainingName(setting.prompts, entry)}, seed ${entry.seed}`,
      tone: tones[role],
      strong: role === "neutral" || role === "clean" || selected,
      points: thin(entry.curve),
    };
  });
  return section(
    view,
    "training",
    "Training loss",
    html`<p class="legend"><span class="tone-flaw">flawed data, as usual</span> <span class="tone-cure">inoculated (the selected prompt in bold)</span> <span class="tone-clean">clean data</span> <span class="tone-control">unrelated</span> <span class="tone-near">praise</span></p>`,
    figure(
      "Loss on the replies alone, in nats per token, one line per fine-tuning.",
      [
        lines(series, {
          title: `${series.length} fine-tunings`,
          xLabel: "optimizer step",
          yLabel: "loss, nats per token",
          formatY: (value) => value.toFixed(1),
          description: "The table below gives each run's first and last loss.",
        }),
      ],
      table(
        "First and last loss of each fine-tuning",
        [
          { title: "Trained on" },
          { title: "Seed", numeric: true },
          { title: "Steps", numeric: true },
          { title: "First", numeric: true },
          { title: "Last", numeric: true },
          { title: "Training id" },
        ],
        trainings.map((entry) => [
          trainingName(setting.prompts, entry),
          entry.seed,
          entry.curve.length,
          loss(entry.curve[0]),
          loss(entry.curve.at(-1)),
          html`<code class="hash">${entry.trainingId}</code>`,
        ]),
      ),
    ),
  );
}

function loss(point: TrainingResult["curve"][number] | undefined): string {
  return point ? point.loss.toFixed(3) : "–";
}

function thin(curve: TrainingResult["curve"]): Line["points"] {
  const size = Math.ceil(curve.length / POINTS);
  const bins = Array.from({ length: Math.ceil(curve.length / size) }, (_, index) =>
    curve.slice(index * size, (index + 1) * size),
  );
  return bins.map((bin) => ({
    x: bin.reduce((sum, point) => sum + point.step, 0) / bin.length,
    y: bin.reduce((sum, point) => sum + point.loss, 0) / bin.length,
  }));
}
