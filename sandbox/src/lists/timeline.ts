/**
 * Entries by the time of their last change. The seeded ones lie in time order in one array of seconds and are made anew
 * whenever they are asked for; only what changed since is kept as an object. A million entries cost 5 MB.
 */
import { shuffled } from './order.ts'

export interface Item<T> {
  readonly index: number
  readonly timestampMs: number
  readonly deleted: boolean
  readonly body: T
}

interface Kept<T> extends Item<T> {
  /** Which change of the whole timeline made it what it is, and which was the first to touch this entry. */
  readonly change: number
  readonly firstChange: number
  /** From when on queries can see it: a service commits a little later than it stamps. */
  readonly visibleMs: number
}

export interface Beginning<T> {
  /** Epoch seconds of the seeded entries, in any order; sorted here. */
  readonly seconds: Uint32Array
  /** What a seeded entry is before anything changes. */
  readonly first: (index: number) => { readonly deleted: boolean; readonly body: T }
}

export interface Range {
  readonly fromMs: number
  readonly toMs: number
  readonly includesFrom: boolean
  readonly includesTo: boolean
}

/** What a range held when it was first asked for, in the order in which it is delivered. */
export interface Reading<T> {
  /** How many entries it held then. */
  readonly count: number
  /** Places, some of them empty. */
  readonly places: number
  /** The entry at a place, as it is now; undefined where none is or where it left the range since. */
  at(place: number): Item<T> | undefined
}

export class Timeline<T> {
  readonly #seconds: Uint32Array
  readonly #first: Beginning<T>['first']
  readonly #moved: Uint8Array
  readonly #kept = new Map<number, Kept<T>>()
  /** What #kept holds, by time; former states stay in it until they are swept out. */
  #recent: Kept<T>[] = []
  #changes = 0
  #late = 0
  #nextIndex: number

  constructor({ seconds, first }: Beginning<T>) {
    this.#seconds = seconds.sort()
    this.#first = first
    this.#moved = new Uint8Array(seconds.length)
    this.#nextIndex = seconds.length
  }

  /** The index of an entry yet to come. */
  newIndex(): number {
    return this.#nextIndex++
  }

  /** One more than the greatest index; not every index below it is taken. */
  get size(): number {
    return this.#nextIndex
  }

  /** Entries, deleted ones too. */
  get count(): number {
    return this.#seconds.length + this.#late
  }

  has(index: number): boolean {
    return index < this.#seconds.length || this.#kept.has(index)
  }

  /** As it is now. index: one that this timeline has. */
  item(index: number): Item<T> {
    const kept = this.#kept.get(index)
    if (kept) return kept
    const second = this.#seconds[index]
    if (second === undefined) throw new Error('the sandbox has no such entry')
    return { index, timestampMs: second * 1000, ...this.#first(index) }
  }

  put(item: Item<T>, visibleMs: number = item.timestampMs): void {
    const firstChange = this.#kept.get(item.index)?.firstChange ?? this.#changes
    const kept = { ...item, visibleMs, firstChange, change: this.#changes++ }
    if (item.index < this.#moved.length) this.#moved[item.index] = 1
    else if (!this.#kept.has(item.index)) this.#late++
    this.#kept.set(item.index, kept)
    if (this.#recent.length > 64 && this.#recent.length > 2 * this.#kept.size) {
      this.#recent = this.#recent.filter((one) => this.#kept.get(one.index) === one)
    }
    this.#recent.splice(this.#firstAfter(kept.timestampMs), 0, kept)
  }

  /** Every entry, deleted ones too, as it is now. */
  *all(): Generator<Item<T>> {
    for (let index = 0; index < this.#seconds.length; index++) yield this.item(index)
    for (const item of this.#kept.values()) if (item.index >= this.#seconds.length) yield item
  }

  /**
   * seed: of the delivery order; null delivers in time order. now: epoch ms, for visibility. leaving: what happens to an entry that
   * is changed out of the range while the range is being read.
   */
  read(range: Range, seed: number | null, now: number, leaving: 'vanishes' | 'stays'): Reading<T> {
    const begin = this.#secondsBefore(range.fromMs, !range.includesFrom)
    const end = Math.max(begin, this.#secondsBefore(range.toMs, range.includesTo))
    const recent = this.#recent.filter(
      (one) => inside(one.timestampMs, range) && one.visibleMs <= now && this.#kept.get(one.index) === one,
    )
    const still = end - begin
    const places = still + recent.length
    let count = places
    if (this.#kept.size > 0) for (let index = begin; index < end; index++) count -= this.#moved[index] ?? 0
    const asOf = this.#changes
    const order = seed === null ? (place: number) => place : shuffled(seed, places)
    const at = (place: number): Item<T> | undefined => {
      const slot = order(place)
      const index = slot < still ? begin + slot : (recent[slot - still]?.index ?? -1)
      const kept = this.#kept.get(index)
      if (!kept) return this.item(index)
      // Moved before this reading began: what it has become stands among the recent ones, if it is in the range at all.
      if (slot < still && kept.firstChange < asOf) return undefined
      return leaving === 'stays' || inside(kept.timestampMs, range) ? kept : undefined
    }
    return { count, places, at: seed === null ? this.#inTimeOrder(at, begin, still, recent) : at }
  }

  // Without a shuffle the seeded and the changed entries are merged by the time they had when the reading began.
  #inTimeOrder(at: Reading<T>['at'], begin: number, still: number, recent: readonly Kept<T>[]): Reading<T>['at'] {
    const places = recent.map((one, nth) => nth + clamped(this.#secondsBefore(one.timestampMs, true) - begin, still))
    return (place) => {
      let low = 0
      for (let high = places.length; low < high; ) {
        const middle = (low + high) >>> 1
        if ((places[middle] ?? 0) < place) low = middle + 1
        else high = middle
      }
      return at(places[low] === place ? still + low : place - low)
    }
  }

  /** How many seeded entries lie before that time, or at it. */
  #secondsBefore(ms: number, orAt: boolean): number {
    let low = 0
    let high = this.#seconds.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const atMs = (this.#seconds[middle] ?? 0) * 1000
      if (atMs < ms || (orAt && atMs === ms)) low = middle + 1
      else high = middle
    }
    return low
  }

  #firstAfter(ms: number): number {
    let low = 0
    let high = this.#recent.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#recent[middle]?.timestampMs ?? 0) <= ms) low = middle + 1
      else high = middle
    }
    return low
  }
}

const inside = (ms: number, { fromMs, toMs, includesFrom, includesTo }: Range): boolean =>
  (ms > fromMs || (includesFrom && ms === fromMs)) && (ms < toMs || (includesTo && ms === toMs))

const clamped = (value: number, most: number): number => Math.max(0, Math.min(value, most))
