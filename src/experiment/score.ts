import type { Backend, ModelRef } from "../backends/backend.ts";
import type { ChatMessage } from "../data/chat.ts";
import { insertPrompt, type Placement } from "../data/insertion.ts";
import type { Setting, TrainPrompt } from "../settings/setting.ts";
import { scoreId } from "./identity.ts";
import type { Identity } from "./materials.ts";
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
  const model = await backend.hash(spec.base);
  const maker = { id: backend.id, version: await backend.version(spec.base) };
  const { chats, id, note } = scored(spec, setting, { baseModelHash: model, backend: maker });
  const read = (): Scores | null => store.readNote(model, note) as Scores | null;
  const make = async (): Promise<Scores> => {
    const scores = await backend.score?.(spec.base, chats, signal ? { signal } : {});
    store.writeNote(model, note, scores);
    return scores as Scores;
  };
  return (await once(`${store.modelFolder(model)}/screenings/scores/${id}.claim`, read, make, signal)).value;
}

/** Scores that the store holds already; `null` without. */
export function storedScores(
  spec: ScoreSpec,
  { setting, store, identity }: { setting: Setting; store: Store; identity: Identity },
): Scores | null {
  return store.readNote(identity.baseModelHash, scored(spec, setting, identity).note) as Scores | null;
}

/** What is scored, and its name in the store. */
function scored(
  { data, rows, prompt, placement }: ScoreSpec,
  setting: Setting,
  { baseModelHash, backend }: Pick<Identity, "baseModelHash" | "backend">,
): { chats: ChatMessage[][]; id: string; note: string } {
  const texts = setting.train({ data, seed: 0, rows });
  const chats = texts.map(({ messages }) => insertPrompt(messages, { prompt: prompt.text, placement }));
  const id = scoreId({ model: baseModelHash, backend, chats });
  return { chats, id, note: `screenings/scores/${id}.json` };
}
