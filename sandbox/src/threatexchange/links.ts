/** The `next` links of ThreatExchange: whole URLs with the token in them, followed as given. */

import type { PageFault } from '../lists/faults.ts'
import type { Places } from '../lists/serving.ts'
import type { Reading } from '../lists/timeline.ts'
import type { Indicator } from './indicator.ts'
import type { UpdatesQuery } from './query.ts'

export interface SignalLink {
  readonly group: string
  readonly query: UpdatesQuery
  readonly reading: Reading<Indicator>
  readonly place: number
  readonly givenMs: number
}

/** What memory may hold of a soak. */
const mostLinks = 100_000

export class SignalLinks {
  readonly #given = new Map<string, SignalLink>()
  #made = 0

  /** asked: the target that led to this page. Answers with the target of the next, and its cursor. */
  give(asked: string, link: SignalLink): { target: string; cursor: string } {
    const cursor = Buffer.from(`sandbox:${++this.#made}`).toString('base64url')
    const target = `${asked.replace(/&after=[^&]*$/, '')}&after=${cursor}`
    this.#given.set(target, link)
    for (const oldest of this.#given.keys()) {
      if (this.#given.size <= mostLinks) break
      this.#given.delete(oldest)
    }
    return { target, cursor }
  }

  find(target: string): SignalLink | undefined {
    return this.#given.get(target)
  }
}

/** A link that leads where no careful client goes, or nowhere at all. Those to strangers carry no token: whoever adds it is seen. */
export const lieOf = (
  { lie = 'other_port', next }: PageFault & { kind: 'lying_next' },
  asked: string,
  path: string,
  { origin, port, strangerOrigin }: Places,
  again: () => string,
): string => {
  if (next !== undefined) return next
  switch (lie) {
    case 'other_port':
      return `${strangerOrigin}${path}?after=x`
    case 'other_host':
      return `http://localhost:${port}${path}?after=x`
    case 'other_scheme':
      return `${origin.replace('http:', 'https:')}${path}?after=x`
    case 'user_info':
      return `${origin}@${strangerOrigin.slice('http://'.length)}${path}?after=x`
    case 'no_scheme':
      return `${strangerOrigin.slice('http:'.length)}${path}?after=x`
    case 'outside':
      return `${origin}/inspect/state`
    case 'loop':
      return `${origin}${asked}`
    case 'endless':
      return `${origin}${again()}`
  }
}
