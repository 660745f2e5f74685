/** The `next` links that were given out: followed as given, for a while, and never built by the caller. */
import type { Reading } from '../lists/timeline.ts'
import type { Entry } from './entry.ts'

/** A range as it is being read. */
export interface Course {
  readonly fromMs: number
  readonly toMs: number
  readonly reading: Reading<Entry>
}

export interface Link {
  readonly course: Course
  /** Where in the reading the page begins. */
  readonly place: number
  /** How many entries went before. */
  readonly delivered: number
  readonly givenMs: number
}

/** What memory may hold of a soak. */
const mostLinks = 100_000

export class Links {
  readonly #pageSize: number
  readonly #given = new Map<string, Link>()
  #made = 0

  constructor(pageSize: number) {
    this.#pageSize = pageSize
  }

  /** Relative to the base URL, unescaped; e.g. /v2/entries?from=...&to=...&start=2001&size=1000&max=3000 */
  give(link: Link): string {
    const { fromMs, toMs, reading } = link.course
    const plain = `/v2/entries?from=${time(fromMs)}&to=${time(toMs)}&start=${link.delivered + 1}&size=${this.#pageSize}&max=${reading.count}`
    const taken = this.#given.get(plain)
    // The same range read twice: a link keeps leading where it led when it was given. What it looks like is nobody's business.
    const text = taken === undefined || taken.course === link.course ? plain : `${plain}&reading=${++this.#made}`
    this.#given.delete(text)
    this.#given.set(text, link)
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= mostLinks) break
      this.#given.delete(oldest)
    }
    return text
  }

  find(text: string): Link | undefined {
    return this.#given.get(text)
  }
}

const time = (epochMs: number): string => encodeURIComponent(new Date(epochMs).toISOString())
