// For tests: a list on a database of its own, fetched from a pretended service, and what that service truly holds.
import type { Clock, HashSharing, LiveEntry } from '@wardline/sandbox'
import { StillClock } from '@wardline/sandbox'
import type { DatabaseSettings } from '#db'
import { openVaultWorld, quiet, type VaultWorld } from '../../vault/testing.ts'
import { readEntries } from '../changes.ts'
import { DEFAULT_POLICY } from '../entry.ts'
import { readFingerprint } from '../sources/fingerprint.ts'
import type { SyncGround } from './run.ts'
import type { ConfiguredList, ListOrigin } from './settings.ts'
import { type SyncStanding, summariseSyncs } from './store-standing.ts'
import { type SyncOptions, type SyncOutcome, syncList } from './sync.ts'

/** Stands still, but whoever waits finds that the time has passed: a backoff costs a test nothing. */
export class HastyClock extends StillClock {
  override async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return
    this.set(this.now() + ms)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

export interface SyncWorld extends AsyncDisposable {
  readonly vault: VaultWorld
  readonly ground: SyncGround
  readonly list: ConfiguredList
  sync(options?: Partial<SyncOptions>): Promise<SyncOutcome>
  /** Every entry of the list: key -> members and values, sorted. */
  state(): Promise<Map<string, string>>
  standing(): Promise<SyncStanding>
}

export async function openSyncWorld(
  settings: DatabaseSettings,
  origin: ListOrigin,
  clock: Clock,
  change: Partial<ConfiguredList> = {},
): Promise<SyncWorld> {
  const vault = await openVaultWorld(settings)
  const ground = { database: vault.database, vault: vault.vault, clock, log: quiet }
  const list: ConfiguredList = {
    id: 'fetched',
    class: 'test',
    origin,
    policy: DEFAULT_POLICY,
    everyMs: 3_600_000,
    maxAgeMs: 86_400_000,
    ...change,
  }
  return {
    vault,
    ground,
    list,
    sync: (options) => syncList(ground, list, { environment: 'sandbox', actor: 'wardline', ...options }),
    state: () => stateOf(ground, list.id),
    standing: async () => {
      const found = (await summariseSyncs(ground.database.read)).find(({ listId }) => listId === list.id)
      if (found === undefined) throw new Error('this list was never fetched')
      return found
    },
    [Symbol.asyncDispose]: () => vault[Symbol.asyncDispose](),
  }
}

export const ncmecOrigin = (server: Pick<HashSharing, 'baseUrl' | 'credentials'>): ListOrigin => ({
  kind: 'ncmec',
  feed: 'industry_csam',
  sandboxUrl: server.baseUrl,
  username: server.credentials.user,
  password: server.credentials.password,
})

export async function stateOf(
  { database, vault }: Pick<SyncGround, 'database' | 'vault'>,
  listId: string,
): Promise<Map<string, string>> {
  const state = new Map<string, string>()
  for await (const { source, entryId, members, values } of readEntries(database.read, vault, listId)) {
    const key = `${source} ${entryId}`
    if (state.has(key)) throw new Error('an entry stands there twice')
    state.set(key, told(members, values))
  }
  return state
}

/** What a consumer should hold of a Hash Sharing service: live images with at least one value that is one. */
export function truthOf(live: Iterable<LiveEntry>): Map<string, string> {
  const truth = new Map<string, string>()
  for (const { kind, memberId, entryId, fingerprints, feedback } of live) {
    if (kind !== 'image') continue
    const values = (['md5', 'sha1', 'pdq'] as const).flatMap((algorithm) => {
      const text = fingerprints[algorithm]
      const print = text === undefined ? undefined : readFingerprint(algorithm, text)
      return print !== undefined && 'value' in print ? [{ algorithm, value: print.value }] : []
    })
    if (values.length === 0) continue
    const affirmed = feedback.filter(({ reasons }) => reasons === null).map((one) => `ncmec-${one.memberId}`)
    truth.set(`ncmec-${memberId} ${entryId}`, told([`ncmec-${memberId}`, ...affirmed], values))
  }
  return truth
}

function told(members: readonly string[], values: readonly { algorithm: string; value: string }[]): string {
  const sorted = values.map(({ algorithm, value }) => `${algorithm} ${value}`).sort()
  return JSON.stringify([[...new Set(members)].sort(), sorted])
}
