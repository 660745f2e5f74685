// Lists are fetched when they are due, by one server, and the operator hears when one grows too old: once, and once more when
// it is current again.
import { chance, Fault } from '#base'
import { enqueue, type Handler } from '#jobs'
import {
  beginSync,
  type ConfiguredList,
  markStale,
  noteTrouble,
  openList,
  type SyncStanding,
  summariseLists,
  summariseSyncs,
  syncList,
} from '#lists'
import type { FetchGround } from './fetch-ground.ts'
import { ask, askForLeft, leaveList } from './left-lists.ts'

export type { FetchGround } from './fetch-ground.ts'

const minuteMs = 60_000

/** For a worker of their own: a first sync takes an hour, and must not stand in the way of reports. */
export const fetchHandlers = (ground: FetchGround): Readonly<Record<'sync_list', Handler>> => ({
  sync_list: fetchList(ground),
})

/** Job `sync_list`, subject: a list's name. It is begun again each time when the list is due, for as long as a server is to fetch it. */
const fetchList =
  (ground: FetchGround): Handler =>
  async (job, signal) => {
    const { clock, log, environment } = ground
    const list = ground.lists.find(({ id }) => id === job.subject)
    if (list === undefined || !list.policy.enabled) return leaveList(ground, job)
    try {
      const { listId, ...counts } = await syncList(ground, list, { environment, actor: 'wardline', signal })
      if (counts.puts + counts.removes > 0) log.info({ list: listId, ...counts }, 'a hash list was fetched')
    } catch (error) {
      if (error instanceof Fault && error.code === 'sync_running')
        return { kind: 'again', at: clock.now() + minuteMs, why: error.message }
      if (signal.aborted) throw error
      const words = error instanceof Fault ? error.message : 'a bug; see the log'
      const passes = error instanceof Fault && (error.retry === 'now' || error.retry === 'later')
      if (passes) log.warn({ list: list.id, why: words }, 'a hash list could not be fetched; it is tried again')
      else log.error({ list: list.id, why: words }, 'ALERT: a hash list is no longer fetched until a person looks')
      throw error
    }
    await watchOver(ground)
    // Spread a little, so that not every operator asks at the full hour.
    const at = clock.now() + list.everyMs + chance(list.everyMs / 20)
    return { kind: 'again', at, why: 'fetched; again when it is due' }
  }

/** At a start: policies take effect, and whatever is due is fetched now. A list that cannot be opened keeps no server from starting. */
export async function beginFetching(ground: FetchGround): Promise<void> {
  const { database, clock, log, environment } = ground
  const standings = await summariseSyncs(database.read)
  for (const list of ground.lists) {
    const { id, policy } = list
    const standing = standings.find(({ listId }) => listId === id)
    try {
      await database.transact(async (tx) => {
        await openList(tx, clock, { id, class: list.class, environment, policy })
        await beginSync(tx, clock, id)
        if (policy.enabled) await ask(tx, clock, list, standing)
      })
    } catch (error) {
      if (!(error instanceof Fault) || error.retry !== 'never') throw error
      const { message } = error
      await database.transact((tx) => noteTrouble(tx, clock, id, message))
      log.error({ list: id, why: message }, 'ALERT: a configured hash list cannot be used')
    }
  }
  ground.wake()
}

/** Looks every minute until it is ended. */
export function keepWatch(ground: FetchGround): () => Promise<void> {
  const stopping = new AbortController()
  const run = async () => {
    while (!stopping.signal.aborted) {
      try {
        await watchOver(ground)
        await askForLeft(ground)
      } catch (error) {
        ground.log.error({ error }, 'whether the hash lists are current could not be looked up')
      }
      await ground.clock.wait(minuteMs, stopping.signal)
    }
  }
  const running = ground.lists.length === 0 ? Promise.resolve() : run()
  return async () => {
    stopping.abort()
    await running
  }
}

/** Begins and ends episodes: of all replicas one makes the difference, and it alone says so. */
async function watchOver(ground: FetchGround): Promise<void> {
  const { database, clock, log } = ground
  for (const { list, standing, tooOld } of await agesOf(ground)) {
    // Each has a standing from the first start on that knows it.
    if (standing === undefined || tooOld === (standing.staleSince !== null)) continue
    const now = clock.now()
    const type = tooOld ? 'stale' : 'current'
    const since = String(standing.staleSince ?? now)
    const changed = await database.transact(async (tx) => {
      if (!(await markStale(tx, list.id, tooOld ? now : null))) return false
      if (ground.alerts === undefined) return true
      const subject = [list.id, type, since, standing.succeededAt ?? ''].join(' ')
      await enqueue(tx, clock, { kind: 'list_alert', subject, runAt: now, uniqueKey: `list_alert ${subject}` })
      return true
    })
    if (!changed) continue
    if (tooOld) log.error({ list: list.id }, 'ALERT: a hash list is older than it may be (wardline lists says why)')
    else log.info({ list: list.id }, 'a hash list is current again')
    ground.wake()
  }
}

interface Age {
  readonly list: ConfiguredList
  /** undefined: no server has begun with it yet, or it was removed. */
  readonly standing: SyncStanding | undefined
  /** Since the last success; since it was configured, when there was none; endless when nothing is known of it. */
  readonly ageMs: number
  /** Also of one that cannot be opened as it is configured. */
  readonly tooOld: boolean
}

/** Of the configured lists that are in use. */
export async function agesOf({
  database,
  clock,
  lists,
}: Pick<FetchGround, 'database' | 'clock' | 'lists'>): Promise<readonly Age[]> {
  if (lists.length === 0) return []
  const standings = await summariseSyncs(database.read)
  const opened = await summariseLists(database.read)
  return lists
    .filter(({ policy }) => policy.enabled)
    .map((list) => {
      const standing = standings.find(({ listId }) => listId === list.id)
      const usable = opened.some((one) => one.id === list.id && one.class === list.class)
      const ageMs =
        standing === undefined ? Number.POSITIVE_INFINITY : clock.now() - (standing.succeededAt ?? standing.createdAt)
      return { list, standing, ageMs, tooOld: !usable || ageMs > list.maxAgeMs }
    })
}
