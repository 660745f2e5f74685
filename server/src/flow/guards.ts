// What stands between a match and a decision: canaries, entries that are disabled here, corrections, and shares of traffic. Kept equal to the database.
import { record } from '#audit'
import { type Clock, chance, type Environment, type Log, systemClock } from '#base'
import { accountKey, type CaseContext } from '#cases'
import type { Database, Transaction } from '#db'
import { enqueueNow } from '#jobs'
import {
  guardsVersion,
  type ListClass,
  loadCanaries,
  loadCorrections,
  loadDisabled,
  openCanaryWatch,
  openSilencer,
} from '#lists'
import type { Found, Ground, Matcher } from '#match'
import type { Vault } from '#vault'
import { alertJob } from './alert-job.ts'

export interface Guards {
  /** The grounds that count for this image. What a canary, a correction or a share takes away is tallied here. */
  counted(found: Found, matcher: Matcher, from: Asker): readonly Ground[]
  readonly tallies: Tallies
  /** Looks whether corrections or canaries changed, and if so uses the new ones. */
  refresh(): Promise<void>
  start(): void
  stop(): Promise<void>
}

/** Who asked: what a canary's alarm says, in ids of ours and keyed digests. */
export interface Asker {
  readonly scanId: string
  readonly sentBy: string
  readonly context: CaseContext
}

/** Since this process started. Counts only. */
export interface Tallies {
  /** Images whose match counted for nothing, because the list is compared with a share of traffic only; by class. */
  readonly shadowed: Readonly<Partial<Record<ListClass, number>>>
  /** Matches that a correction silenced, or of entries that are disabled here. */
  readonly silenced: number
  /** Images that met a canary. */
  readonly canaries: number
}

const lookEveryMs = 1_000
/** Before an alarm is written down, in real time. */
const leastDelayMs = 50
const mostDelayMs = 500

type Met = { readonly id: string; readonly listId: string }

export async function openGuards(ground: {
  readonly database: Database
  readonly vault: Vault
  readonly environment: Environment
  readonly clock: Clock
  readonly log: Log
}): Promise<Guards> {
  const { database, vault, clock, log } = ground
  const load = async () => {
    const version = await guardsVersion(database.read)
    const silencer = openSilencer(await loadCorrections(database.read, vault))
    const watch = openCanaryWatch(await loadCanaries(database.read, vault))
    const isDisabled = await loadDisabled(database.read, vault)
    return { version, silencer, watch, isDisabled }
  }
  let guards = await load()
  const tallies = { shadowed: {} as Partial<Record<ListClass, number>>, silenced: 0, canaries: 0 }
  const alarms = new Set<Promise<void>>()
  const stopping = new AbortController()
  let looking: Promise<void> = Promise.resolve()

  const refresh = async () => {
    if ((await guardsVersion(database.read)) !== guards.version) guards = await load()
  }
  const look = async () => {
    while (!stopping.signal.aborted) {
      await clock.wait(lookEveryMs, stopping.signal)
      if (stopping.signal.aborted) return
      await refresh().catch((error) =>
        log.error({ err: error }, 'corrections and canaries could not be read again; the former ones stay in use'),
      )
    }
  }
  /**
   * Behind the answer's back, and after a real while that nobody knows: who probes must not see by the clock that something was written
   * down. The line in the log is out at once, should the server die meanwhile.
   */
  const raise = (met: readonly Met[], from: Asker) => {
    tallies.canaries += 1
    const account = accountKey(vault, ground.environment, from.context)
    const ids = { scan: from.scanId, key: from.sentBy, account, lists: [...new Set(met.map((one) => one.listId))] }
    log.error(ids, 'ALERT: a canary was asked for: somebody holds a stolen list and probes with it')
    const alarm = systemClock
      .wait(leastDelayMs + chance(mostDelayMs), stopping.signal)
      .then(() => database.transact((tx) => note(tx, met, from, account)))
      .catch((error: unknown) => log.error({ ...ids, err: error }, 'the alarm of a canary could not be written down'))
      .finally(() => alarms.delete(alarm))
    alarms.add(alarm)
  }
  const note = async (tx: Transaction, met: readonly Met[], from: Asker, account: string | null) => {
    for (const { id, listId } of met)
      await record(tx, clock, {
        actor: 'wardline',
        act: 'canary_asked_for',
        subject: id,
        detail: { scan: from.scanId, key: from.sentBy, list: listId, accountKeyed: account },
      })
    await enqueueNow(tx, clock, alertJob(from.scanId))
  }
  return {
    tallies,
    counted: (found, matcher, from) => {
      const met = guards.watch.met(found)
      const asked = met.filter(({ removed }) => !removed)
      if (asked.length > 0) raise(asked, from)
      const canaries = new Set(met.map(nameOf))
      const real = matcher.match(found).filter((one) => !canaries.has(nameOf(one)))
      const enabled = real.filter((one) => !guards.isDisabled(one))
      const remaining = guards.silencer.remaining({ ...found, sha256: found.digests.sha256 }, enabled)
      tallies.silenced += real.length - remaining.length
      const isShadow = (one: Ground) =>
        !inShare(vault, one.listId, found.digests.sha256, matcher.policyOf(one.listId)?.share)
      const shadowed = remaining.filter((one) => one.class !== 'never_match' && isShadow(one))
      for (const named of new Set(shadowed.map((one) => one.class)))
        tallies.shadowed[named] = (tallies.shadowed[named] ?? 0) + 1
      return remaining.filter((one) => !shadowed.includes(one))
    },
    refresh,
    start: () => {
      looking = look()
    },
    stop: async () => {
      stopping.abort()
      await looking
      await Promise.all(alarms)
    },
  }
}

/**
 * Whether matches of a list count for these bytes: always the same answer for the same bytes, and nobody without the vault's key can
 * tell beforehand. share 0..1; undefined is all.
 */
export function inShare(vault: Pick<Vault, 'keyed'>, listId: string, sha256: string, share = 1): boolean {
  if (share >= 1) return true
  // 52 bits, as many as a fraction holds.
  return Number.parseInt(vault.keyed('list share', JSON.stringify([listId, sha256])).slice(0, 13), 16) / 2 ** 52 < share
}

const nameOf = ({ listId, source, entryId }: Pick<Ground, 'listId' | 'source' | 'entryId'>) =>
  JSON.stringify([listId, source, entryId])
