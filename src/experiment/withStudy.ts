import type { Study } from "./screen.ts";
import { openStudy, type StudyOptions } from "./study.ts";

/**
 * Does work on a setting: opens what it needs and closes it again. The first failure stops the other workers too, and
 * so does whoever aborts `stopping`.
 * @throws UserError before any work, for what can be checked then; InterruptedError when stopped
 */
export async function withStudy<T>(
  settingId: string,
  options: StudyOptions,
  work: (study: Study, stopping: AbortController) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, stopping.signal]) : stopping.signal;
  const study = await openStudy(settingId, { ...options, signal });
  try {
    return await work(study, stopping);
  } catch (error) {
    stopping.abort();
    throw error;
  } finally {
    await study.pool.close();
  }
}
