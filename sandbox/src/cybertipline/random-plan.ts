/** A plan of faults out of a seed: each incident meets its own, whatever the order in which incidents come. */
import { createHash } from 'node:crypto'
import type { Call, FaultRule } from './fault-box.ts'
import type { FaultLike } from './faults.ts'
import { spelled } from './faults.ts'
import type { Route } from './route.ts'
import { routes } from './route.ts'

export interface RandomPlan {
  readonly seed: number
  /** Of the calls that may fail, the share that do: 0 to 1. */
  readonly share: number
  /** The most faults one incident meets, so that every filing comes to an end; default 3. */
  readonly most?: number
  /** Which calls may fail; default: all that change something. */
  readonly routes?: readonly Route[]
  /** What they may meet. Default: everything a client can get over without a person. */
  readonly faults?: readonly FaultLike[]
}

const overcome: readonly FaultLike[] = [
  'drop_before',
  'drop_after',
  'drop_midway',
  'truncated_xml',
  'html_page',
  { kind: 'html_page', status: 200 },
  { kind: 'html_page', processed: true },
  'bad_gateway',
  { kind: 'bad_gateway', processed: true },
  { kind: 'unavailable', retryAfter: 1 },
  { kind: 'unavailable', processed: true },
  'too_many_requests',
  { kind: 'code', code: 1000 },
  { kind: 'code', code: 1000, processed: true },
  { kind: 'delay', ms: 200 },
  { kind: 'delay', ms: 200, processed: true },
  'extra_elements',
]
const onlyAt: Readonly<Partial<Record<Route, readonly FaultLike[]>>> = {
  upload: ['wrong_md5', 'duplicate_file_id', { kind: 'code', code: 1111 }],
  finish: ['report_response_root'],
}

/**
 * The k-th call of a route about an incident fails, or not, by seed, incident, route and k alone. Only `most` depends on
 * the order of an incident's own calls. Throws at a plan that is none.
 */
export const randomPlan = ({ seed, share, most = 3, routes: chosen, faults }: RandomPlan): FaultRule => {
  if (!Number.isFinite(seed)) throw new Error('a random plan needs a seed, a number')
  if (!(share >= 0 && share <= 1)) throw new Error('share lies between 0 and 1')
  if (!(most >= 0)) throw new Error('most is the number of faults that one incident may meet')
  const mayFail = chosen ?? routes.filter((route) => route !== 'status' && route !== 'xsd')
  for (const route of mayFail) if (!routes.includes(route)) throw new Error(`the sandbox knows no route ${route}`)
  const choices = faults?.map(spelled)
  const met = new Map<string, number>()
  return (call) => {
    const subject = subjectOf(call)
    const already = met.get(subject) ?? 0
    if (!mayFail.includes(call.route) || already >= most) return null
    const roll = createHash('sha256').update(`${seed} ${subject} ${call.route} ${call.nthOfIncident}`).digest()
    if (roll.readUInt32BE(0) / 2 ** 32 >= share) return null
    const possible = choices ?? [...overcome, ...(onlyAt[call.route] ?? [])]
    const fault = possible[roll.readUInt32BE(4) % possible.length]
    if (fault === undefined) return null
    met.set(subject, already + 1)
    return fault
  }
}

// A report that names no incident is its own; a submit that names none is told by its place.
const subjectOf = ({ incident, report, nth }: Call): string =>
  incident ?? (report === null ? `call ${nth}` : `report ${report}`)
