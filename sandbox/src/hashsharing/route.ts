/** What one can ask of the service, below the environment's base path (hash list sources, section 10). */
import type { PathKind } from './entry.ts'
import { pathKinds } from './entry.ts'

export const methods = {
  status: 'GET',
  members: 'GET',
  /** The first page of a range. */
  entries: 'GET',
  /** A page by a link given before. */
  page: 'GET',
  reasons: 'GET',
  feedback: 'PUT',
  categorizations: 'GET',
  /** A large fingerprint, by the address an entry gave. */
  fingerprint: 'GET',
} as const

export type HashRoute = keyof typeof methods

export interface Destination {
  readonly route: HashRoute
  /** Decoded; empty where the route has none. */
  readonly memberId: string
  readonly entryId: string
  readonly type: string
}

/** below: path and query without the base path. undefined: there is no such thing. */
export const destinationOf = (below: string): Destination | undefined => {
  const question = below.indexOf('?')
  const path = question < 0 ? below : below.slice(0, question)
  const segments: readonly (string | undefined)[] = path.split('/').slice(1).map(decoded)
  if (segments.includes(undefined)) return undefined
  const [version, first, second = '', third = '', fourth = '', fifth] = segments
  if (version !== 'v2') return undefined
  switch (`${first} ${segments.length}`) {
    case 'status 2':
    case 'members 2':
    case 'categorizations 2':
      return { ...nowhere, route: first === 'status' ? 'status' : first === 'members' ? 'members' : 'categorizations' }
    case 'entries 2':
      return { ...nowhere, route: question >= 0 && /[?&]start=/.test(below.slice(question)) ? 'page' : 'entries' }
    case 'feedback 4':
      return third === 'reasons' ? { ...nowhere, route: 'reasons', type: second } : undefined
    case 'entries 5':
      return third === 'fingerprints' ? { ...nowhere, route: 'fingerprint', entryId: second, type: fourth } : undefined
    case 'entries 6':
      return fifth === 'feedback' ? { route: 'feedback', memberId: second, entryId: third, type: fourth } : undefined
    default:
      return undefined
  }
}

export const isPathKind = (type: string): type is PathKind => pathKinds.some((kind) => kind === type)

const nowhere = { memberId: '', entryId: '', type: '' } as const

const decoded = (segment: string): string | undefined => {
  try {
    return decodeURIComponent(segment)
  } catch {
    return undefined
  }
}
