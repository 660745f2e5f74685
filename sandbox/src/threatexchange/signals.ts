/** A privacy group's indicators as they truly are, while they are being served and changed. */
import { stateOf, wordOf } from '../lists/seeded.ts'
import type { Churn } from '../lists/serving.ts'
import { spread } from '../lists/spread.ts'
import type { Item } from '../lists/timeline.ts'
import { Timeline } from '../lists/timeline.ts'
import type { Descriptor, Indicator, Reaction } from './indicator.ts'
import { isMalformed } from './indicator.ts'
import { descriptorId, indexOfDescriptor, indexOfIndicator, indicatorId, invention } from './invention.ts'
import type { LiveIndicator, SignalChange, SignalListing } from './listing.ts'
import type { ThreatSettings } from './options.ts'

export class SignalList {
  readonly timeline: Timeline<Indicator>
  readonly #settings: ThreatSettings
  readonly #first: ReturnType<typeof invention>
  #drawn = 0

  constructor(settings: ThreatSettings) {
    this.#settings = settings
    const seed = stateOf(settings.seed, 0x7e)
    this.#first = invention(seed, settings.owners, settings.shares, settings.fromMs)
    this.timeline = new Timeline({
      seconds: spread({ ...settings, seed, count: settings.entries }),
      first: this.#first,
    })
    for (const listing of settings.planted) this.#plant(listing, Math.min(settings.untilMs, settings.clock.now()))
  }

  /** Answers with the indicator's id. */
  change(change: SignalChange): string {
    const atMs = change.atMs ?? this.#settings.clock.now()
    if (change.kind === 'add') return this.#plant(change, atMs)
    const there = this.#at(indexOfIndicator(change.id))
    if (!there || there.deleted) throw new Error('the sandbox has no such indicator')
    if (change.kind === 'delete') {
      this.#put({ ...there, deleted: true, timestampMs: atMs })
      return change.id
    }
    const { type = there.body.type, indicator = there.body.indicator, descriptors } = change
    const given = descriptors ? this.#descriptors(there.index, descriptors) : there.body.descriptors
    this.#put({ ...there, timestampMs: atMs, body: { ...there.body, type, indicator, descriptors: given } })
    return change.id
  }

  /** So many changes to indicators that the seed picks, each stamped now. Answers with the ids of those touched. */
  churn({ adds = 0, updates = 0, deletes = 0 }: Churn): string[] {
    const timestampMs = this.#settings.clock.now()
    const touched: string[] = []
    const put = (item: Item<Indicator>) => {
      this.#put({ ...item, timestampMs })
      touched.push(item.body.id)
    }
    for (let done = 0; done < adds; done++) {
      const index = this.timeline.newIndex()
      put({ index, deleted: false, timestampMs, body: this.#first(index).body })
    }
    for (let done = 0; done < updates + deletes; done++) {
      const item = this.#anyLive()
      if (item) put({ ...item, deleted: done >= updates })
    }
    return touched
  }

  /** Whether there is such a descriptor; if so, the app reacted to it, and its indicator is stamped anew. */
  react(descriptor: string, reaction: Reaction, appId: string): boolean {
    const item = this.#at(indexOfDescriptor(descriptor))
    if (!item || item.deleted || item.body.descriptors.every((one) => one.id !== descriptor)) return false
    const descriptors = item.body.descriptors.map((one) =>
      one.id === descriptor && !one.reactions.some((former) => former.reaction === reaction && former.appId === appId)
        ? { ...one, reactions: [...one.reactions, { reaction, appId }] }
        : one,
    )
    this.#put({ ...item, timestampMs: this.#settings.clock.now(), body: { ...item.body, descriptors } })
    return true
  }

  *live(): Generator<LiveIndicator> {
    for (const { deleted, timestampMs, body } of this.timeline.all()) {
      if (!deleted) yield { ...body, timestampMs, malformed: isMalformed(body) }
    }
  }

  #plant({ type, indicator, descriptors, atMs }: SignalListing, otherwiseMs: number): string {
    const index = this.timeline.newIndex()
    const id = indicatorId(index)
    const listed = descriptors ?? [{ ownerId: this.#settings.owners[0] ?? '' }]
    const timestampMs = atMs ?? otherwiseMs
    const body = { id, type, indicator, createdMs: timestampMs, descriptors: this.#descriptors(index, listed) }
    this.#put({ index, deleted: false, timestampMs, body })
    return id
  }

  #descriptors(index: number, given: NonNullable<SignalListing['descriptors']>): readonly Descriptor[] {
    if (given.length > 8) throw new Error('an indicator of the sandbox has at most eight descriptors')
    return given.map((one, nth) => ({
      status: 'MALICIOUS',
      tags: [],
      reactions: [],
      ...one,
      id: descriptorId(index, nth),
    }))
  }

  #put(item: Item<Indicator>): void {
    this.timeline.put(item, item.timestampMs + this.#settings.commitLagMs)
  }

  #at(index: number | undefined): Item<Indicator> | undefined {
    return index !== undefined && this.timeline.has(index) ? this.timeline.item(index) : undefined
  }

  #anyLive(): Item<Indicator> | undefined {
    for (let tries = 0; tries < 1000 && this.timeline.size > 0; tries++) {
      const item = this.#at(wordOf(stateOf(this.#settings.seed, 0xc4), this.#drawn++) % this.timeline.size)
      if (item && !item.deleted) return item
    }
    return undefined
  }
}
