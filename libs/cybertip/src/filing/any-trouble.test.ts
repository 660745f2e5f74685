import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ModelNcmec, type Trouble, troubles } from '../testing/model.ts'
import { after, begin, draft, type FilingState, next, tryAgain, withdraw } from './filing.ts'

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
  readonly wanted: readonly Wanted[]
  /** Ids of reports the journal has ever held. */
  readonly known = new Set<string>()
  state: FilingState

  constructor(wanted: readonly Wanted[]) {
    this.wanted = wanted
    this.ncmec = new ModelNcmec(new Map(wanted.map(({ localId, md5 }) => [localId, md5])))
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
    this.#write(begin(this.state, action))
    const outcome = this.ncmec.call(action, trouble)
    if (!crash) this.#write(after(this.state, action, outcome, this.ncmec.now()))
    return true
  }

  /** Calm, and a person who presses "try again" whenever one is asked for, until that helps no more. */
  comeToRest(): void {
    for (let turns = 0; turns < 300; turns += 1) {
      if (this.turn(calm)) continue
      const again = tryAgain(this.state)
      if (again.kind === this.state.kind) return
      this.#write(again)
    }
    throw new Error('it never comes to rest')
  }

  #write(state: FilingState): void {
    this.state = JSON.parse(JSON.stringify(state))
    if ('report' in this.state && this.state.report) this.known.add(this.state.report.reportId)
  }

  /** Everything is there and described, and nothing but the bytes that were meant. */
  #mayFinish(reportId: string): void {
    const held = this.ncmec.reports.find(({ id }) => id === reportId)?.files ?? []
    expect(new Set(held.map(({ md5 }) => md5))).toEqual(new Set(this.wanted.map(({ md5 }) => md5)))
    for (const { md5 } of this.wanted.filter(({ details }) => details)) {
      expect(held.some((file) => file.md5 === md5 && file.detailed)).toBe(true)
    }
  }

  finished(): string[] {
    return this.ncmec.reports.filter(({ ended }) => ended === 'finished').map(({ id }) => id)
  }

  /** Reports that NCMEC holds open although we know of them and are done with them. */
  leftOpen(): string[] {
    return this.ncmec.reports
      .filter((report) => this.known.has(report.id) && this.ncmec.isOpen(report))
      .map(({ id }) => id)
  }
}

type Wanted = { readonly localId: string; readonly md5: string; readonly details: boolean }
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
      // What stays open could not be retracted, and the state names it.
      const named = state.kind === 'needs_person' && state.why === 'retract_refused' ? [state.reportId] : []
      expect(life.leftOpen().filter((id) => !named.includes(id))).toEqual([])
    }),
    { numRuns: 3000 },
  )
})

it('with a person who tries again, exactly one report is finished in the end and none is left open', () => {
  fc.assert(
    fc.property(files, fc.array(event, { maxLength: 40 }), (wanted, events) => {
      const life = new Life(wanted)
      for (const one of events) life.turn(one)
      life.comeToRest()
      const { state } = life
      // A report that may stand is not filed again by anybody but a person who has asked NCMEC.
      if (state.kind === 'needs_person') expect(state.reportMayStand).toBe(true)
      else expect(life.finished()).toHaveLength(1)
      const mayStand = state.kind === 'needs_person' ? state.reportId : undefined
      expect(life.leftOpen().filter((id) => id !== mayStand)).toEqual([])
      // Of the reports whose id never reached us none holds a file: they expire by themselves.
      const strangers = life.ncmec.reports.filter(({ id }) => !life.known.has(id))
      expect(strangers.flatMap(({ files }) => files)).toEqual([])
    }),
    { numRuns: 3000 },
  )
})

it('a report that is no longer wanted is retracted, and never finished afterwards', () => {
  fc.assert(
    fc.property(
      files,
      fc.array(event, { maxLength: 12 }),
      fc.array(event, { maxLength: 12 }),
      (wanted, before, later) => {
        const life = new Life(wanted)
        for (const one of before) life.turn(one)
        const stands = life.finished().length
        const sent = life.state.kind === 'finishing' || ('finishSent' in life.state && life.state.finishSent)
        life.state = withdraw(life.state)
        for (const one of later) life.turn(one)
        while (life.turn(calm));
        if (!sent) expect(life.finished()).toHaveLength(stands)
        if (life.state.kind === 'retracted') expect(life.leftOpen()).toEqual([])
      },
    ),
    { numRuns: 1000 },
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
