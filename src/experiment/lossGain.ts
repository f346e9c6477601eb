import { bootstrap } from "../stats/bootstrap.ts";
import { everyIndex } from "../stats/drawIndices.ts";
import type { Estimate } from "./result.ts";
import type { Scores } from "./score.ts";

/** The initial model's log-probabilities of the same replies under a prompt and under the neutral one. */
export interface ScoredPair {
  prompted: Scores | null;
  neutral: Scores | null;
}

/** Gain of a draw of rows, in nats per token; `null` where it has no token. */
type GainOnDraw = (draw: ArrayLike<number>) => number | null;

/**
 * Mean gain per token, in nats, of the replies' log-probability under a prompt over that under the neutral one, with a
 * 95 % interval over the rows. `null` where the backend cannot score.
 */
export function lossGain(pair: ScoredPair): Estimate | null {
  const gain = gainOnDraw(pair);
  if (gain === null) return null;
  const rows = pair.neutral?.length ?? 0;
  return estimate(
    gain(everyIndex(rows)),
    bootstrap(([draw = []]) => gain(draw), { sizes: [rows], seed: 0 }),
  );
}

/**
 * The gain on flawed replies minus that on clean ones: what the prompt explains of the flaw alone. A prompt that makes
 * every reply of the file likelier, its tone or its form, gains on both and has no contrast.
 */
export function lossContrast(flawed: ScoredPair, clean: ScoredPair): Estimate | null {
  const [onFlawed, onClean] = [gainOnDraw(flawed), gainOnDraw(clean)];
  if (onFlawed === null || onClean === null) return null;
  const contrast = (flawedDraw: ArrayLike<number>, cleanDraw: ArrayLike<number>): number | null => {
    const [high, low] = [onFlawed(flawedDraw), onClean(cleanDraw)];
    return high === null || low === null ? null : high - low;
  };
  const [flawedRows, cleanRows] = [flawed.neutral?.length ?? 0, clean.neutral?.length ?? 0];
  return estimate(
    contrast(everyIndex(flawedRows), everyIndex(cleanRows)),
    bootstrap(([flawedDraw = [], cleanDraw = []]) => contrast(flawedDraw, cleanDraw), {
      sizes: [flawedRows, cleanRows],
      seed: 0,
    }),
  );
}

function gainOnDraw({ prompted, neutral }: ScoredPair): GainOnDraw | null {
  if (prompted === null || neutral === null || prompted.length !== neutral.length) return null;
  const gains = prompted.map(({ logProb }, row) => logProb - (neutral[row]?.logProb ?? 0));
  return (draw) => {
    let [gain, tokens] = [0, 0];
    for (let i = 0; i < draw.length; i++) {
      gain += gains[draw[i] as number] as number;
      tokens += neutral[draw[i] as number]?.tokens ?? 0;
    }
    return tokens === 0 ? null : gain / tokens;
  };
}

function estimate(mean: number | null, interval: Estimate["interval"] | null): Estimate | null {
  return mean === null || interval === null ? null : { mean, interval };
}
