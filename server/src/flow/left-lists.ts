// A list that no server is to fetch any more: its job ends, in words, and is there again once a server is to fetch the list.
import type { Clock } from '#base'
import type { Transaction } from '#db'
import { enqueueBy, enqueueNow, finish, hasJob, type Job, type Outcome } from '#jobs'
import { type ConfiguredList, noteTrouble, type SyncStanding, summariseLists, summariseSyncs } from '#lists'
import type { FetchGround } from './fetch-ground.ts'

/** Of two servers the other may have the newer configuration: so long nobody may have fetched it before it is over. */
const graceMs = 24 * 3_600_000
const lookAgainMs = 10 * 60_000

/** Job `sync_list` of a list that this server's configuration does not name, or has switched off. */
export async function leaveList({ database, clock, log }: FetchGround, job: Job): Promise<Outcome> {
  const listId = job.subject
  const standing = (await summariseSyncs(database.read)).find((one) => one.listId === listId)
  const now = clock.now()
  if (standing !== undefined && now - (standing.beganAt ?? standing.createdAt) < graceMs)
    return { kind: 'again', at: now + lookAgainMs, why: 'this server is not to fetch such a list' }
  await database.transact(async (tx) => {
    // Of a list that was removed nothing is left to say.
    if (standing !== undefined) await noteTrouble(tx, clock, listId, words)
    await finish(tx, job)
  })
  log.warn({ list: listId }, 'a hash list is fetched no more: for a day no server was to fetch it (wardline lists)')
  return { kind: 'done' }
}

const words =
  'for a day no server was to fetch this list, so it is fetched no more; what it holds stays as it was. It goes on by ' +
  'itself once a server has it in its configuration, switched on'

/** Every minute: a server that ended the job did not know of the configuration that this one has. */
export async function askForLeft(ground: FetchGround): Promise<void> {
  const { database, clock } = ground
  const wanted = ground.lists.filter(({ policy }) => policy.enabled)
  const left: ConfiguredList[] = []
  for (const list of wanted) if (!(await hasJob(database.read, keyOf(list.id)))) left.push(list)
  if (left.length === 0) return
  const opened = await summariseLists(database.read)
  const standings = await summariseSyncs(database.read)
  for (const list of left) {
    // One that cannot be opened as it is configured was told so at the start.
    if (!opened.some(({ id, class: named }) => id === list.id && named === list.class)) continue
    const standing = standings.find(({ listId }) => listId === list.id)
    await database.transact((tx) => ask(tx, clock, list, standing))
  }
  ground.wake()
}

/** It is fetched when it is due; at once, when the last fetch did not succeed. */
export async function ask(
  tx: Transaction,
  clock: Clock,
  { id, everyMs }: ConfiguredList,
  standing: SyncStanding | undefined,
): Promise<void> {
  const job = { kind: 'sync_list', subject: id, uniqueKey: keyOf(id) }
  const dueAt = standing?.succeededAt == null || standing.trouble !== null ? 0 : standing.succeededAt + everyMs
  if (dueAt <= clock.now()) await enqueueNow(tx, clock, job)
  else await enqueueBy(tx, clock, { ...job, runAt: dueAt })
}

const keyOf = (listId: string) => `sync_list ${listId}`
