import { createHash } from "node:crypto";
import { appendFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const lineSchema = z.object({ key: z.string(), answer: z.json() });

/** Paid answers, kept line by line as they come, so that what stops later does not lose them. */
export interface AnswerCache<Answer> {
  /** The answer to this request: kept, or of `ask`, which then is called once for equal requests. */
  answer(request: unknown, ask: () => Promise<Answer>): Promise<Answer>;
}

/**
 * A file `<hash of what>.jsonl` in the folder, which is only appended to. Without a folder answers are kept in memory.
 *
 * @param what everything besides a request that decides its answer
 */
export function createAnswerCache<Answer>(folder: string | undefined, what: unknown): AnswerCache<Answer> {
  const known = new Map<string, Promise<Answer>>();
  const file = folder === undefined ? undefined : join(folder, `${hashOf(what)}.jsonl`);
  let opened: Promise<void> | undefined;
  let writing: Promise<unknown> = Promise.resolve();

  const open = async (): Promise<void> => {
    if (file === undefined) return;
    await mkdir(folder as string, { recursive: true });
    const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    for (const line of text.split("\n")) {
      const kept = keptAnswer(line);
      if (kept) known.set(kept.key, Promise.resolve(kept.answer as Answer));
    }
    if (text !== "" && !text.endsWith("\n")) await appendFile(file, "\n");
  };
  const keep = async (key: string, answer: Answer): Promise<void> => {
    if (file === undefined) return;
    writing = writing.then(() => appendFile(file, `${JSON.stringify({ key, answer })}\n`));
    await writing;
  };

  return {
    async answer(request, ask) {
      opened ??= open();
      await opened;
      const key = hashOf(request);
      const before = known.get(key);
      if (before) return before;
      const asked = ask().then(async (answer) => {
        await keep(key, answer);
        return answer;
      });
      known.set(key, asked);
      // A failed question may be asked again.
      asked.catch(() => known.delete(key));
      return asked;
    },
  };
}

/** A line as it was written; `null` for one that a killed process left unfinished. */
function keptAnswer(line: string): z.infer<typeof lineSchema> | null {
  try {
    return lineSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
