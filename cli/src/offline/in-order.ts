// Work on many things side by side, with the results in the order of the things.

/** How many results may be kept back by a slow one before them, for each that runs. */
const AHEAD = 8

/**
 * At most `width` run at once. Work goes on while a slow one is waited for, up to eight times as many results: else all would
 * soon stand still behind a large picture.
 */
export async function* inOrder<T, R>(
  things: AsyncIterable<T> | Iterable<T>,
  width: number,
  work: (thing: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: { readonly result: Promise<R>; isDone: boolean }[] = []
  let running = 0
  let ended = () => {}
  for await (const thing of things) {
    const one = { result: work(thing), isDone: false }
    running += 1
    const done = () => {
      one.isDone = true
      running -= 1
      ended()
    }
    // It is awaited below, perhaps much later: until then a rejection is not forgotten but waiting.
    one.result.then(done, done)
    begun.push(one)
    for (;;) {
      for (let first = begun[0]; first?.isDone; first = begun[0]) {
        begun.shift()
        yield await first.result
      }
      if (running < width && begun.length < AHEAD * width) break
      await new Promise<void>((resolve) => (ended = resolve))
    }
  }
  for (const { result } of begun) yield await result
}
