import { randomInt } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Hearer, pickHearer } from './pick.ts'

const hearer = fc.record({
  id: fc.string({ minLength: 1, maxLength: 4 }),
  isReviewer: fc.boolean(),
  decided: fc.boolean(),
  hadIt: fc.boolean(),
})
const anybody = fc.uniqueArray(hearer, { selector: ({ id }) => id, maxLength: 8 })

describe('over random people and random chance', () => {
  it('whoever decided about the case, or gave the appeal back, is never picked in 100,000 assignments', () => {
    let picked = 0
    fc.assert(
      fc.property(anybody, fc.nat(), (may, seed) => {
        const one = pickHearer(may, (below) => (below < 1 ? 0 : seed % below))
        const fit = may.filter(({ decided, hadIt }) => !decided && !hadIt)
        if (one.kind === 'nobody') return fit.length === 0
        picked += 1
        const { person } = one
        const reviewers = fit.filter(({ isReviewer }) => isReviewer)
        // An administrator only where no reviewer can be.
        return (reviewers.length > 0 ? reviewers : fit).some(({ id }) => id === person)
      }),
      { numRuns: 100_000 },
    )
    expect(picked).toBeGreaterThan(30_000)
  })

  it('everybody who is left is as likely as the others', () => {
    const people: Hearer[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      id,
      isReviewer: true,
      decided: id === 'a',
      hadIt: id === 'b',
    }))
    const counts = new Map<string, number>()
    const runs = 30_000
    for (let run = 0; run < runs; run += 1) {
      const one = pickHearer(people, (below) => randomInt(below))
      const name = one.kind === 'picked' ? one.person : one.why
      counts.set(name, (counts.get(name) ?? 0) + 1)
    }
    expect([...counts.keys()].sort()).toEqual(['c', 'd', 'e'])
    // Six standard deviations of a third of them are about 490.
    for (const count of counts.values()) expect(Math.abs(count - runs / 3)).toBeLessThan(500)
  })
})

it('where nobody can be picked, it says why', () => {
  const one = { id: 'a', isReviewer: false, decided: true, hadIt: false }
  expect(pickHearer([], () => 0)).toEqual({ kind: 'nobody', why: 'nobody_may' })
  expect(pickHearer([one], () => 0)).toEqual({ kind: 'nobody', why: 'all_decided' })
  expect(pickHearer([one, { ...one, id: 'b', decided: false, hadIt: true }], () => 0)).toEqual({
    kind: 'nobody',
    why: 'all_out',
  })
})
