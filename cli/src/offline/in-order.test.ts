import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { inOrder } from './in-order.ts'

describe('work on many things side by side', () => {
  it('gives the results in the order of the things, whichever ends first', async () => {
    const gates = Array.from({ length: 5 }, () => Promise.withResolvers<void>())
    const seen: number[] = []
    const work = async (n: number) => {
      await gates[n]?.promise
      return n
    }
    const reading = (async () => {
      for await (const n of inOrder([0, 1, 2, 3, 4], 5, work)) seen.push(n)
    })()
    for (const n of [4, 2, 0, 3, 1]) gates[n]?.resolve()
    await reading
    expect(seen).toEqual([0, 1, 2, 3, 4])
  })

  it('goes on behind a slow one, never more than so many at once, nor so many kept back', async () => {
    const slow = Promise.withResolvers<void>()
    const things = Array.from({ length: 100 }, (_, n) => n)
    let [running, most, begun] = [0, 0, 0]
    const results = inOrder(things, 3, async (n) => {
      begun += 1
      running += 1
      most = Math.max(most, running)
      await (n === 0 ? slow.promise : turn())
      running -= 1
      return n
    })
    const first = results.next()
    for (let n = 0; n < 100; n += 1) await turn()
    expect([most, begun]).toEqual([3, 24])
    slow.resolve()
    expect((await first).value).toBe(0)
    const others: number[] = []
    for await (const n of results) others.push(n)
    expect(others).toEqual(things.slice(1))
    expect(most).toBe(3)
  })

  it('ends with the error of a thing, at its place', async () => {
    const results = inOrder([0, 1, 2], 2, async (n) => {
      if (n === 1) throw new Error('one')
      return n
    })
    expect((await results.next()).value).toBe(0)
    await expect(results.next()).rejects.toThrow('one')
  })
})
