// The hash lists: do they hold anything, is each current, and if not, why. One line for all, and one for each.
import { isProduction, systemClock } from '@wardline/server/base'
import { type Config, configuredLists } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { type ConfiguredList, removedLists, type SyncStanding, summariseSyncs } from '@wardline/server/lists'
import type { Vault } from '@wardline/server/vault'
import { type CountedList, countedLists, holding } from '../lists-counted.ts'
import { moment } from '../moment.ts'
import { type Check, fail, ok, warn } from './check.ts'

/** Sources publish daily or weekly. */
const oldListMs = 30 * 24 * 3_600_000

/** vault: undefined where its key is not there; then only what the database knows by itself is counted. */
export async function checkLists(
  config: Config,
  database: Database,
  vault: Pick<Vault, 'unseal'> | undefined,
): Promise<Check[]> {
  const held = await countedLists(database, vault)
  const syncs = await summariseSyncs(database.read)
  const configured = configuredLists(config)
  const ids = [...new Set([...held, ...configured].map(({ id }) => id))].sort()
  const checks = ids.map((id) => {
    const list = held.find((one) => one.id === id)
    const sync = syncs.find(({ listId }) => listId === id)
    const wanted = configured.find((one) => one.id === id)
    if (wanted !== undefined) return checkFetched(wanted, list, sync)
    if (list === undefined) return []
    return sync === undefined ? checkImported(list) : checkForsaken(list, sync)
  })
  return [checkAll(config, held), ...checks.flat(), ...checkRemoved(await removedLists(database.read))]
}

/** Nobody compares with them any more; what they held lies in the database still, sealed. */
function checkRemoved(left: readonly string[]): Check[] {
  return left.map((id) =>
    warn(
      `list ${id}`,
      'removed, and part of it still lies sealed in the database: its removal was broken off',
      'A running server takes the rest away at its start and every hour. No list of this name can begin before that.',
    ),
  )
}

function checkAll({ environment, lists }: Config, held: readonly CountedList[]): Check {
  const name = 'hash lists'
  const bring =
    Object.keys(lists).length > 0
      ? '`wardline sync` fetches those of the configuration now.'
      : `\`wardline lists import FILE --class ${isProduction(environment) ? 'CLASS' : 'test'}\` brings one in; docs/operating/lists.md says how one is fetched.`
  if (held.every(({ entries }) => entries === 0)) return warn(name, 'none: nothing can be found', bring)
  if (isProduction(environment) && held.every((list) => list.class !== 'csam'))
    return warn(name, 'none is of class csam: nothing is reported by rule', bring)
  const known = held.flatMap(({ entries }) => (entries === null ? [] : [entries]))
  const sum = known.reduce((sum, entries) => sum + entries, 0)
  const count = `${held.length} ${held.length === 1 ? 'list' : 'lists'}`
  return ok(name, `${count} with ${holding(known.length === held.length ? sum : null)}`)
}

function checkFetched(
  { id, policy, maxAgeMs, ...wanted }: ConfiguredList,
  list: CountedList | undefined,
  sync: SyncStanding | undefined,
): Check {
  const name = `list ${id}`
  const now = `\`wardline sync ${id}\` fetches it now.`
  if (!policy.enabled)
    return warn(name, 'switched off: neither fetched nor compared', `Set lists.${id}.enabled to true.`)
  if (list !== undefined && list.class !== wanted.class)
    return fail(
      name,
      `it holds entries of class ${list.class}, and the configuration says ${wanted.class}`,
      'The class of a list never changes: choose another name in the configuration.',
    )
  if (sync === undefined && list !== undefined)
    return fail(
      name,
      'it was imported by hand, so it cannot be fetched',
      `Choose another name under \`lists:\` in the configuration, or \`wardline lists remove ${id} --yes\`.`,
    )
  if (sync === undefined) return warn(name, 'never fetched', `The server fetches it once it runs; ${now}`)
  if (sync.trouble !== null) {
    const since = sync.succeededAt === null ? 'never fetched' : `last fetched ${moment(sync.succeededAt)}`
    return fail(name, `${sync.trouble} (${since})`, `Mend that; then ${now}`)
  }
  const age = systemClock.now() - (sync.succeededAt ?? sync.createdAt)
  if (age > maxAgeMs) return fail(name, 'older than lists.maxAgeHours allows', `Does the server run? ${now}`)
  if (sync.succeededAt === null) return warn(name, 'its first fetch is not done yet', now)
  const words = `fetched ${moment(sync.succeededAt)}`
  const missed = sync.rejected + sync.unnamed
  if (list?.entries === 0)
    return warn(
      name,
      `${words}, without a single entry`,
      `${now} If it stays empty: \`wardline lists rejected ${id}\` says what could not be taken, and its source what is on it.`,
    )
  const holds = `${words}; ${holding(list?.entries ?? null)}`
  if (missed === 0) return ok(name, holds)
  const could = missed === 1 ? 'fingerprint' : 'fingerprints'
  return ok(name, `${holds}; ${missed} ${could} could not be taken (wardline lists rejected ${id})`)
}

/** It was fetched, and the configuration does not name it any more: nobody keeps it current, and nobody took it away. */
function checkForsaken({ id, entries, policy }: CountedList, { succeededAt }: SyncStanding): Check {
  const matches = policy.enabled
    ? 'images are still compared with it'
    : 'it was switched off before, and is not compared'
  const since = succeededAt === null ? 'never fetched' : `not fetched since ${moment(succeededAt)}`
  return warn(
    `list ${id}`,
    `no longer in the configuration: ${since}, and ${matches} (${holding(entries)})`,
    `Put it back under \`lists:\` in the configuration, or take it away: \`wardline lists remove ${id} --yes\`.`,
  )
}

function checkImported({ id, entries, changedAt, ...list }: CountedList): Check {
  const name = `list ${id}`
  if (entries === 0)
    return warn(
      name,
      'imported, without a single entry',
      `\`wardline lists import FILE --class ${list.class} --name ${id}\` adds to it.`,
    )
  const words = `imported; changed ${moment(changedAt)}; ${holding(entries)}`
  if (systemClock.now() - changedAt <= oldListMs) return ok(name, words)
  return warn(name, `${words}: not renewed for 30 days`, 'Import the newest file of its source.')
}
