import { InterruptedError } from "../../util/errors.ts";

/** Runs at most so many pieces of work at once, in the order they came; what waits is not begun once one of its signals aborts. */
export function limitOf(most: number): <T>(work: () => Promise<T>, signals?: readonly AbortSignal[]) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  const giveWay = (): void => {
    const next = waiting.shift();
    if (next) next();
    else running--;
  };
  return async (work, signals = []) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      if (signals.some(({ aborted }) => aborted)) throw new InterruptedError("the LLM's answers were no longer wanted");
      const result = await work();
      giveWay();
      return result;
    } catch (error) {
      // Whoever hears of the failure may abort what waits: the next in line is asked after that.
      setImmediate(giveWay);
      throw error;
    }
  };
}
