import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CaseState, caseEvents, caseStates, nextState, transitions } from './transitions.ts'

describe('a case', () => {
  it('takes the events of its table, and of any other says where it stands and what cannot be done', () => {
    for (const state of caseStates)
      for (const event of caseEvents) {
        const next = transitions[state][event]
        if (next !== undefined) expect(nextState(state, event)).toBe(next)
        else
          expect(() => nextState(state, event)).toThrowError(
            expect.objectContaining({
              code: 'not_possible',
              message: expect.stringMatching(`^this case is "${state}".*: it cannot be `),
            }),
          )
      }
  })

  it('is never reported unless it settled, or a person confirmed it or released its entry, in whatever order', () => {
    const start = fc.constantFrom('settling' as const, 'waiting_review' as const)
    fc.assert(
      fc.property(start, fc.array(fc.constantFrom(...caseEvents), { maxLength: 30 }), (first, events) => {
        let state: CaseState = first
        const taken: string[] = []
        for (const event of events) {
          const next: CaseState | undefined = transitions[state][event]
          if (next === undefined) continue
          // Over is over; only a doubt opens again what is reported or closed.
          expect(['dismissed', 'tested', 'repaired']).not.toContain(state)
          if (state === 'reported') expect(['to_look_again', 'repaired']).toContain(event)
          if (state === 'closed') expect(['doubted', 'repaired']).toContain(event)
          state = next
          taken.push(event)
        }
        if (state === 'reported') {
          expect(taken.some((event) => ['settled', 'confirmed', 'entry_released'].includes(event))).toBe(true)
          if (first === 'waiting_review' || taken.includes('not_production')) expect(taken).toContain('confirmed')
          expect(taken).not.toContain('dismissed')
        }
        if (first === 'waiting_review' && !taken.includes('confirmed'))
          expect(['waiting_review', 'dismissed', 'closed', 'repaired']).toContain(state)
      }),
    )
  })

  it('that is reported is never filed a second time, whatever a second look comes to', () => {
    const reached = new Set<CaseState>(['reported'])
    for (const state of reached) for (const next of Object.values(transitions[state])) reached.add(next)
    expect([...reached].sort()).toEqual(['repaired', 'reported', 'reviewed_again'])
  })

  it('can be brought to an end from every state', () => {
    const ends = (state: CaseState, seen: readonly string[]): boolean => {
      if (['reported', 'dismissed', 'tested', 'closed', 'repaired'].includes(state)) return true
      return Object.values(transitions[state]).some((next) => !seen.includes(next) && ends(next, [...seen, next]))
    }
    for (const state of caseStates) expect(ends(state, [state])).toBe(true)
  })
})
