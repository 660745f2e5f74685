import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ModelNcmec, type Trouble, troubles } from '../testing/model.ts'
import { after, begin, draft, type FilingState, next } from './filing.ts'

const files = fc
  .array(fc.boolean(), { maxLength: 3 })
  .map((details) =>
    details.map((wanted, index) => ({ localId: `f${index}`, md5: String(index).repeat(32), details: wanted })),
  )

/** What happens around one call: its trouble, whether we die before writing its result, how long until the next. */
const event = fc.record({
  trouble: fc.oneof(fc.constant<Trouble>('none'), fc.constantFrom(...troubles)),
  crash: fc.boolean(),
  minutes: fc.oneof(fc.constant(0), fc.nat(200), fc.constant(26 * 60)),
})
type Event = { readonly trouble: Trouble; readonly crash: boolean; readonly minutes: number }

class Life {
  readonly ncmec: ModelNcmec
  readonly wanted: ReadonlyMap<string, string>
  state: FilingState

  constructor(wanted: readonly { localId: string; md5: string; details: boolean }[]) {
    this.wanted = new Map(wanted.map(({ localId, md5 }) => [localId, md5]))
    this.ncmec = new ModelNcmec(this.wanted)
    this.state = draft(wanted)
  }

  /** One turn of the loop a server runs, through a journal of JSON. False when there is nothing left to do. */
  turn({ trouble, crash, minutes }: Event): boolean {
    this.ncmec.nowMs += minutes * 60_000
    const action = next(this.state, this.ncmec.now())
    if (action.do === 'nothing') return false
    if (action.do === 'wait') {
      this.ncmec.nowMs = action.untilMs
      return true
    }
    if (action.do === 'finish') this.#mayFinish(action.reportId)
    this.state = JSON.parse(JSON.stringify(begin(this.state, action)))
    const outcome = this.ncmec.call(action, trouble)
    if (!crash) this.state = JSON.parse(JSON.stringify(after(this.state, action, outcome, this.ncmec.now())))
    return true
  }

  /** Everything is there, and nothing but the bytes that were meant. */
  #mayFinish(reportId: string): void {
    const held = this.ncmec.reports.find(({ id }) => id === reportId)?.files.map(({ md5 }) => md5) ?? []
    expect(new Set(held)).toEqual(new Set(this.wanted.values()))
  }

  finished(): string[] {
    return this.ncmec.reports.filter(({ ended }) => ended === 'finished').map(({ id }) => id)
  }
}

const calm: Event = { trouble: 'none', crash: false, minutes: 0 }

it('whatever happens, there is never a second finished report, and a filing that ends says the truth about it', () => {
  fc.assert(
    fc.property(files, fc.array(event, { maxLength: 40 }), (wanted, events) => {
      const life = new Life(wanted)
      for (const one of events) {
        life.turn(one)
        expect(life.finished().length).toBeLessThanOrEqual(1)
      }
      // Once the world is calm it comes to an end, soon.
      let turns = 0
      while (turns < 60 && life.turn(calm)) turns += 1
      const { state } = life
      expect(['finished', 'needs_person']).toContain(state.kind)
      if (state.kind === 'finished') expect(life.finished()).toEqual([state.reportId])
      if (state.kind === 'needs_person')
        expect(life.finished().length).toBeLessThanOrEqual(state.reportMayStand ? 1 : 0)
    }),
    { numRuns: 3000 },
  )
})

it('with troubles that pass, and no bytes harmed, it always ends finished', () => {
  const passing: Trouble[] = ['none', 'not_sent', 'never_arrived', 'lost', 'server_error', 'busy', 'credentials']
  const mild = fc.record({ trouble: fc.constantFrom(...passing), crash: fc.boolean(), minutes: fc.nat(20) })
  fc.assert(
    // Few enough that the new reports they may force do not look like bad luck without end.
    fc.property(files, fc.array(mild, { maxLength: 5 }), (wanted, events) => {
      const life = new Life(wanted)
      for (const one of events) life.turn(one)
      while (life.turn(calm)) expect(life.state.restarts).toBeLessThanOrEqual(5)
      expect(life.state.kind).toBe('finished')
      expect(life.finished()).toHaveLength(1)
      const report = life.ncmec.reports.find(({ ended }) => ended === 'finished')
      expect(report?.files.filter(({ detailed }) => detailed)).toHaveLength(
        wanted.filter(({ details }) => details).length,
      )
    }),
    { numRuns: 2000 },
  )
})
