/**
 * Does all pieces of work side by side; their results in order. The first failure stops the others, waits for them and
 * is thrown.
 */
export async function allOrStop<Item, Result>(
  items: readonly Item[],
  signal: AbortSignal | undefined,
  work: (item: Item, signal: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  if (signal?.aborted) stop();
  signal?.addEventListener("abort", stop);
  let first: { error: unknown } | undefined;
  try {
    const results = await Promise.allSettled(
      items.map((item) =>
        work(item, controller.signal).catch((error: unknown) => {
          first ??= { error };
          stop();
          throw error;
        }),
      ),
    );
    if (first) throw first.error;
    return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}
