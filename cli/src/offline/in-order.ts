// Work on many things side by side, with the results in the order of the things.

/** At most `width` run at once, and no more results than that wait for a slow one before them. */
export async function* inOrder<T, R>(
  things: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = []
  for await (const thing of things) {
    const result = work(thing)
    // It is awaited below, perhaps much later: until then a rejection is not forgotten but waiting.
    result.catch(() => {})
    running.push(result)
    const first = running.length >= width ? running.shift() : undefined
    if (first) yield await first
  }
  for (const result of running) yield await result
}
