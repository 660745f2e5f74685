/** A list as it truly is, while it is being served and changed. */
import { stateOf, wordOf } from '../lists/seeded.ts'
import type { Churn } from '../lists/serving.ts'
import { spread } from '../lists/spread.ts'
import type { Item } from '../lists/timeline.ts'
import { Timeline } from '../lists/timeline.ts'
import type { Entry, FeedbackGiven } from './entry.ts'
import { malformedIn } from './entry.ts'
import { environments } from './environments.ts'
import { reasonsOf } from './feedback.ts'
import { invention } from './invention.ts'
import type { Change, EntryKey, Listing, LiveEntry } from './listing.ts'
import type { HashSettings } from './options.ts'

export class HashList {
  readonly timeline: Timeline<Entry>
  readonly #settings: HashSettings
  readonly #invention: ReturnType<typeof invention>
  readonly #seeded: number
  readonly #added = new Map<string, number>()
  #drawn = 0

  constructor(settings: HashSettings) {
    this.#settings = settings
    const { members, shares, clock, environment, twin } = settings
    // Two environments hold different entries although their seed is the same.
    const seed = stateOf(
      settings.seed,
      2 * Object.keys(environments).indexOf(settings.environment) + (settings.twin === 'test' ? 1 : 0),
    )
    const reason = reasonsOf(`${environment} ${twin}`)[0]?.guid ?? ''
    this.#invention = invention({ seed, members, shares, heardMs: settings.untilMs, reason })
    const seconds = spread({ ...settings, seed, count: settings.entries })
    this.#seeded = seconds.length
    this.timeline = new Timeline({ seconds, first: this.#invention.first })
    for (const listing of settings.planted) this.#plant(listing, Math.min(settings.untilMs, clock.now()))
  }

  find({ memberId, entryId }: EntryKey): Item<Entry> | undefined {
    const index = this.#added.get(keyOf(memberId, entryId)) ?? this.#invention.indexOf(memberId, entryId, this.#seeded)
    return index === undefined ? undefined : this.timeline.item(index)
  }

  change(change: Change): void {
    const there = this.find(change)
    const atMs = change.atMs ?? this.#settings.clock.now()
    if (change.kind === 'add') {
      if (there && !there.deleted) throw new Error('the sandbox has this entry already')
      this.#plant({ ...change.entry, ...keyIn(change) }, atMs, there?.index)
      return
    }
    if (!there || there.deleted) throw new Error('the sandbox has no such entry')
    if (change.kind === 'delete') this.#put({ ...there, deleted: true, timestampMs: atMs })
    else this.#put({ ...there, timestampMs: atMs, body: { ...there.body, ...change.entry } })
  }

  /** So many changes to entries that the seed picks, each stamped now. Updates get new fingerprints. Answers with what it touched. */
  churn({ adds = 0, updates = 0, deletes = 0 }: Churn): EntryKey[] {
    const now = this.#settings.clock.now()
    const touched: EntryKey[] = []
    const put = (item: Item<Entry>) => {
      this.#put({ ...item, timestampMs: now })
      touched.push({ memberId: item.body.memberId, entryId: item.body.id })
    }
    for (let done = 0; done < adds; done++) {
      const index = this.timeline.newIndex()
      const { body } = this.#invention.first(index)
      // Somebody may have planted an entry by this very name.
      if (this.find({ memberId: body.memberId, entryId: body.id })) continue
      this.#added.set(keyOf(body.memberId, body.id), index)
      put({ index, deleted: false, timestampMs: now, body })
    }
    for (let done = 0; done < updates; done++) {
      const item = this.#anyLive()
      if (!item) break
      const { fingerprints } = this.#invention.first(2_000_000_000 + this.#drawn).body
      put({ ...item, body: { ...item.body, fingerprints } })
    }
    for (let done = 0; done < deletes; done++) {
      const item = this.#anyLive()
      if (!item) break
      put({ ...item, deleted: true })
    }
    return touched
  }

  /** A member's word on one fingerprint; a later one takes the place of the former. */
  hear(index: number, given: FeedbackGiven): void {
    const item = this.timeline.item(index)
    const others = item.body.feedback.filter((one) => one.memberId !== given.memberId || one.type !== given.type)
    const timestampMs = this.#settings.feedbackStamps ? given.atMs : item.timestampMs
    this.#put({ ...item, timestampMs, body: { ...item.body, feedback: [...others, given] } })
  }

  *live(): Generator<LiveEntry> {
    for (const { deleted, timestampMs, body } of this.timeline.all()) {
      if (deleted) continue
      const { id, ...rest } = body
      yield { ...rest, entryId: id, timestampMs, malformed: malformedIn(body.fingerprints) }
    }
  }

  #plant({ memberId, entryId, atMs, ...rest }: Listing, otherwiseMs: number, index = this.timeline.newIndex()): void {
    const body = { kind: 'image', classification: null, fingerprints: {}, large: [], feedback: [], ...rest } as const
    if (index >= this.#seeded) this.#added.set(keyOf(memberId, entryId), index)
    this.#put({ index, deleted: false, timestampMs: atMs ?? otherwiseMs, body: { ...body, memberId, id: entryId } })
  }

  #put(item: Item<Entry>): void {
    this.timeline.put(item, item.timestampMs + this.#settings.commitLagMs)
  }

  #anyLive(): Item<Entry> | undefined {
    const { size } = this.timeline
    for (let tries = 0; tries < 1000 && size > 0; tries++) {
      const index = wordOf(stateOf(this.#settings.seed, 0xc4), this.#drawn++) % size
      if (!this.timeline.has(index)) continue
      const item = this.timeline.item(index)
      if (!item.deleted) return item
    }
    return undefined
  }
}

const keyOf = (memberId: number, entryId: string): string => `${memberId} ${entryId}`
const keyIn = ({ memberId, entryId }: EntryKey): EntryKey => ({ memberId, entryId })
