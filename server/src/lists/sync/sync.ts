// A list is fetched from its source, by one process at a time. What failed is written down beside the list, in words.
import { type Actor, record } from '#audit'
import { type Environment, Fault, secretText, systemClock } from '#base'
import { openList } from '../changes.ts'
import { findList } from '../store.ts'
import { beginning } from './position.ts'
import { syncRanged } from './ranged.ts'
import type { Progress, Run, SyncGround, Tally } from './run.ts'
import type { ConfiguredList } from './settings.ts'
import { openSource } from './source-of.ts'
import { endSync, extendLease, type Lease, loadPosition, lostLease, takeLease } from './store.ts'
import { countRejected } from './store-rejected.ts'
import { syncWhole } from './whole.ts'

export interface SyncOptions {
  readonly environment: Environment
  readonly actor: Actor
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((progress: Progress) => void) | undefined
  /** Fetch everything anew, and remove what is no longer there. */
  readonly anew?: boolean | undefined
  /** How long a dead process keeps others waiting. */
  readonly leaseMs?: number | undefined
}

export interface SyncOutcome extends Readonly<Tally> {
  readonly listId: string
  readonly tookMs: number
}

/**
 * Brings the list up to what its source says now. Faults: those of `openList`, `sync_running`, `sync_lost`, `list_by_hand`, the
 * sources' (SourceFaultCode) and the database's. Whatever came by then stays, and the next sync goes on there.
 */
export async function syncList(ground: SyncGround, list: ConfiguredList, options: SyncOptions): Promise<SyncOutcome> {
  const { database, clock } = ground
  const { environment, actor, signal, leaseMs = 30_000 } = options
  const lease: Lease = { listId: list.id, token: secretText(16), leaseMs }
  const began = systemClock.now()
  const tally: Tally = { puts: 0, removes: 0, met: 0, pages: 0, rejected: 0, videos: 0, otherKinds: 0 }
  await database.transact(async (tx) => {
    await openList(tx, clock, { id: list.id, class: list.class, environment, policy: list.policy })
    await takeLease(tx, clock, lease)
  })
  const over = new AbortController()
  const lost = new AbortController()
  const keeping = keepLease(ground, lease, over.signal, lost)
  const stopping = AbortSignal.any([lost.signal, ...(signal ? [signal] : [])])
  try {
    const run: Run = {
      ground,
      list,
      lease,
      signal: stopping,
      tally,
      told: options.onProgress ?? (() => {}),
      anyRejected: false,
      missing: 0,
    }
    await fetchAll(run, { environment, anew: options.anew ?? false })
    await database.transact(async (tx) => {
      await endSync(tx, clock, lease, { kind: 'done', trouble: missingWords(run) })
      // A look every ten minutes that finds nothing is no event.
      if (tally.puts + tally.removes > 0 || actor !== 'wardline')
        await record(tx, clock, { actor, act: 'sync_list', subject: list.id, detail: { ...tally } })
    })
    return { ...tally, listId: list.id, tookMs: systemClock.now() - began }
  } catch (caught) {
    // Whatever else it led to, this was the cause.
    const error = lost.signal.aborted && !signal?.aborted ? lost.signal.reason : caught
    const ended = signal?.aborted ? stopped : { kind: 'failed' as const, trouble: wordsFor(error) }
    // When the database itself is away the lease runs out by itself.
    await database.transact((tx) => endSync(tx, clock, lease, ended)).catch(() => {})
    throw error
  } finally {
    over.abort()
    await keeping
  }
}

async function fetchAll(run: Run, { environment, anew }: { environment: Environment; anew: boolean }): Promise<void> {
  const { database, clock, vault } = run.ground
  const { id } = run.list
  run.anyRejected = (await countRejected(database.read, id)) > 0
  const source = openSource(run.list, { environment, clock, vault })
  const known = await loadPosition(database.read, id)
  if (known === undefined && ((await findList(database.read, id))?.entries ?? 0) > 0)
    throw new Fault(
      'list_by_hand',
      'this list holds entries that were brought in by hand; give the source a list of another name, or remove this one',
      { retry: 'ask_a_person' },
    )
  // Nobody's entries, so that the source begins anew as it would after another one.
  const from = known !== undefined && anew ? beginning('', { anew: true }) : known
  if (source.kind === 'ranged') await syncRanged(run, source, from)
  else await syncWhole(run, source, from)
}

/** Renewed six times in its length; a lease that is gone ends the sync. */
async function keepLease(
  { database }: SyncGround,
  lease: Lease,
  over: AbortSignal,
  lost: AbortController,
): Promise<void> {
  for (;;) {
    // Real time on purpose, as for jobs.
    await systemClock.wait(lease.leaseMs / 6, over)
    if (over.aborted) return
    // A database that is away will say so to the next page.
    const held = await database.transact((tx) => extendLease(tx, lease)).catch(() => true)
    if (!held) return lost.abort(lostLease())
  }
}

const stopped = { kind: 'stopped' } as const

function missingWords({ missing, list }: Run): string | null {
  if (missing === 0) return null
  // Ranges overlap: the same second may have been short more than once.
  return (
    `up to ${missing} entries that the list service had announced did not come, though it was asked twice; ` +
    `\`wardline sync ${list.id} --anew\` asks for everything again`
  )
}

/** A Fault's message is safe by contract; of anything else only its kind is told. */
function wordsFor(error: unknown): string {
  if (error instanceof Fault) return error.message
  return `a mistake in Wardline itself (${error instanceof Error ? error.name : typeof error})`
}
