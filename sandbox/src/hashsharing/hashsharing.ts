/** NCMEC's Hash Sharing v2 in miniature: seeded lists of hashes of nothing, strict, in memory, on loopback. */
import type { CallerInspection, Census, Churn, ListServer } from '../lists/serving.ts'
import { censusOf, each, serveList } from '../lists/serving.ts'
import { HashList } from './changes.ts'
import { reasonsOf } from './feedback.ts'
import { liesOf } from './lies.ts'
import { Links } from './links.ts'
import type { Change, EntryKey, LiveEntry } from './listing.ts'
import type { HashSharingOptions, HashUser } from './options.ts'
import { settled } from './options.ts'
import type { HashRoute } from './route.ts'
import { destinationOf, methods } from './route.ts'
import type { FeedbackRecord } from './service.ts'
import { serviceOf } from './service.ts'
import { changeShape } from './shapes.ts'

export type { Entry, FeedbackGiven, LargeKind, Member, PathKind, TextKind } from './entry.ts'
export type { HashEnvironment, Twin } from './environments.ts'
export { environments } from './environments.ts'
export type { Change, EntryKey, Listing, LiveEntry } from './listing.ts'
export type { HashSharingOptions, HashUser } from './options.ts'
export type { HashRoute } from './route.ts'
export type { FeedbackRecord } from './service.ts'

export interface HashInspection extends CallerInspection<HashRoute> {
  readonly environment: string
  readonly feedback: readonly FeedbackRecord[]
}

/** `baseUrl` is e.g. http://127.0.0.1:40127/hashsharing, without a slash at the end; /v2/... comes after it. */
export interface HashSharing extends ListServer<HashRoute> {
  /** Of the first user. */
  readonly credentials: { readonly user: string; readonly password: string }
  /** One change, or several in their order, each stamped with the clock's now unless it says when. Throws if an entry is not (or already) there. */
  change(change: Change | readonly Change[]): void
  /** Changes entries of the seed's choice, stamped now; updates get new fingerprints. Answers with what it touched. */
  churn(churn: Churn): EntryKey[]
  /** Every live entry as it is now, one at a time: a million of them need no memory. In no particular order. */
  live(): Iterable<LiveEntry>
  inspect(): HashInspection
  /** Reads the whole list: seconds, with a million entries. */
  census(): Census
}

export const startHashSharing = async (options: HashSharingOptions = {}): Promise<HashSharing> => {
  const settings = settled(options)
  const { clock, basePath, environment, twin } = settings
  const { user, password } = firstOf(settings.users)
  const serving = { options, clock, basePath, routes: methods, destinationOf, changeShape }
  const server = await serveList(serving, (places, callers, ledger) => {
    const list = new HashList(settings)
    const journal: FeedbackRecord[] = []
    const links = new Links(settings.pageSize)
    const reasons = reasonsOf(`${environment} ${twin}`)
    const inspect = (): HashInspection => ({ environment, ...callers(), feedback: [...journal] })
    const census = () => censusOf(list.timeline.count, list.live(), (entry) => entry.malformed.length > 0)
    const change = (changes: Change | readonly Change[]): void => {
      for (const one of each(changes)) list.change(one)
    }
    return {
      answer: serviceOf({ settings, list, links, lies: liesOf(links, basePath, places), reasons, ledger, journal }),
      control: { change, churn: (churn: Churn) => list.churn(churn), live: () => list.live(), inspect, census },
    }
  })
  return { ...server, credentials: { user, password } }
}

const firstOf = (users: readonly HashUser[]): HashUser => {
  const [first] = users
  if (!first) throw new Error('the sandbox needs at least one user')
  return first
}
