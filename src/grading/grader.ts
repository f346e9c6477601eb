import type { ChatMessage } from "../data/chat.ts";

/** What a grader looks at: the item's facts and the model's reply. */
export interface GradeRequest {
  itemId: string;
  messages: readonly ChatMessage[];
  /** What is known of the item, e.g. the true answer; only the grader and the metrics read it. */
  reference: Readonly<Record<string, string | number | boolean | null>>;
  completion: string;
}

/** The judgement of one reply. `null` values don't apply to it; `excluded` says why it could not be judged at all. */
export interface Grade {
  values: Record<string, number | null>;
  excluded?: string;
  detail?: string;
}

export interface Grader {
  id: string;
  /** Changes whenever the same reply could be graded differently; part of every evaluation's identity. */
  version: string;
  /** Grades in the order of the requests. @throws GraderError when the grader itself breaks. */
  grade(batch: readonly GradeRequest[], options?: { signal?: AbortSignal }): Promise<Grade[]>;
  close(): Promise<void>;
}
