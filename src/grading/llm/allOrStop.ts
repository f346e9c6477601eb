/**
 * Does all pieces of work side by side; their results in order. The first failure is thrown, when the others have ended:
 * they are told to give up what they have not begun.
 */
export async function allOrStop<Item, Result>(
  items: readonly Item[],
  work: (item: Item, giveUp: AbortSignal) => Promise<Result>,
): Promise<Result[]> {
  const controller = new AbortController();
  let first: { error: unknown } | undefined;
  const results = await Promise.allSettled(
    items.map((item) =>
      work(item, controller.signal).catch((error: unknown) => {
        first ??= { error };
        controller.abort();
        throw error;
      }),
    ),
  );
  if (first) throw first.error;
  return results.map((result) => (result as PromiseFulfilledResult<Result>).value);
}
