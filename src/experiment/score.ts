import type { Backend, ModelRef } from "../backends/backend.ts";
import { insertPrompt, type Placement } from "../data/insertion.ts";
import type { Setting, TrainPrompt } from "../settings/setting.ts";
import { scoreId } from "./identity.ts";
import { once } from "./once.ts";
import type { Store } from "./store.ts";

/** The initial model's log-probabilities of training replies under a prompt. */
export interface ScoreSpec {
  id: string;
  setting: string;
  placement: Placement;
  base: ModelRef;
  prompt: TrainPrompt;
  data: "flawed" | "clean";
  /** Number of training rows to score. */
  rows: number;
}

/** Per row: summed log-probability of the reply (natural logarithm) and its tokens. */
export type Scores = { logProb: number; tokens: number }[];

/** Scores the first rows of the data under the prompt. `null` when the backend cannot score. */
export async function score(
  spec: ScoreSpec,
  { setting, backend, store }: { setting: Setting; backend: Backend; store: Store },
  { signal }: { signal?: AbortSignal | undefined } = {},
): Promise<Scores | null> {
  if (backend.score === undefined) return null;
  const rows = setting.train({ data: spec.data, seed: 0, rows: spec.rows });
  const chats = rows.map((row) => insertPrompt(row.messages, { prompt: spec.prompt.text, placement: spec.placement }));
  const model = await backend.hash(spec.base);
  const id = scoreId({ model, backend: { id: backend.id, version: await backend.version(spec.base) }, chats });
  const note = `screenings/scores/${id}.json`;
  const read = (): Scores | null => store.readNote(model, note) as Scores | null;
  const make = async (): Promise<Scores> => {
    const scores = await backend.score?.(spec.base, chats, signal ? { signal } : {});
    store.writeNote(model, note, scores);
    return scores as Scores;
  };
  return (await once(`${store.modelFolder(model)}/screenings/scores/${id}.claim`, read, make, signal)).value;
}
