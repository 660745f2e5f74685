// The matcher in use, kept equal to the lists in the database; a half-read change is never served.
import type { Clock, Environment, Log } from '#base'
import type { Database } from '#db'
import { type Entry, type HashList, listsVersion, readEntries, summariseLists } from '#lists'
import { type Matcher, openMatcher } from '#match'
import type { Vault } from '#vault'

export interface Matching {
  current(): Matcher
  /** Looks whether the lists changed, and if so serves the new ones. */
  refresh(): Promise<void>
  start(): void
  stop(): Promise<void>
}

const lookEveryMs = 1_000

export async function openMatching(ground: {
  readonly database: Database
  readonly vault: Vault
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
}): Promise<Matching> {
  const { database, vault, environment, clock, log } = ground
  const load = async () => {
    const version = await listsVersion(database.read)
    const lists: HashList[] = []
    for (const { id, class: named, radiusBits, environment: its } of await summariseLists(database.read)) {
      if (its !== environment) continue
      const entries: Entry[] = []
      for await (const { source, entryId, class: one, values } of readEntries(database.read, vault, id))
        for (const value of values) entries.push({ listId: id, source, entryId, class: one, ...value })
      lists.push({ id, class: named, radiusBits, entries })
    }
    return openMatcher({ version, lists })
  }
  let matcher = await load()
  log.info({ version: matcher.version, entries: matcher.size }, 'hash lists loaded')
  const stopping = new AbortController()
  let looking: Promise<void> = Promise.resolve()

  const refresh = async () => {
    if ((await listsVersion(database.read)) === matcher.version) return
    matcher = await load()
    log.info({ version: matcher.version, entries: matcher.size }, 'hash lists changed: now serving the new ones')
  }
  const look = async () => {
    while (!stopping.signal.aborted) {
      await clock.wait(lookEveryMs, stopping.signal)
      if (stopping.signal.aborted) return
      await refresh().catch((error) =>
        log.error({ err: error }, 'the hash lists could not be read again; the former ones stay in use'),
      )
    }
  }
  return {
    current: () => matcher,
    refresh,
    start: () => {
      looking = look()
    },
    stop: async () => {
      stopping.abort()
      await looking
    },
  }
}
