// The lists that are fetched: is each current, and if not, why.
import { systemClock } from '@wardline/server/base'
import { type Config, configuredLists } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { summariseSyncs } from '@wardline/server/lists'
import { moment } from '../moment.ts'
import { type Check, fail, ok, warn } from './check.ts'

export async function checkFetched(config: Config, database: Database): Promise<Check[]> {
  const syncs = await summariseSyncs(database.read)
  return configuredLists(config).map(({ id, policy, maxAgeMs }) => {
    const name = `list ${id}`
    const sync = syncs.find(({ listId }) => listId === id)
    if (!policy.enabled) return warn(name, 'switched off: neither fetched nor compared', `Set lists.${id}.enabled.`)
    const now = `\`wardline sync ${id}\` fetches it now.`
    if (sync === undefined) return warn(name, 'never fetched', `The server fetches it once it runs; ${now}`)
    if (sync.trouble !== null) {
      const since = sync.succeededAt === null ? 'never fetched' : `last fetched ${moment(sync.succeededAt)}`
      return fail(name, `${sync.trouble} (${since})`, `Mend that; then ${now}`)
    }
    const age = systemClock.now() - (sync.succeededAt ?? sync.createdAt)
    if (age > maxAgeMs) return fail(name, 'older than lists.maxAgeHours allows', `Does the server run? ${now}`)
    if (sync.succeededAt === null) return warn(name, 'its first fetch is not done yet', now)
    const { rejected, unnamed } = sync
    const words = `fetched ${moment(sync.succeededAt)}`
    if (rejected === 0) return ok(name, words)
    return ok(name, `${words}; ${rejected + unnamed} fingerprints could not be taken (wardline lists rejected ${id})`)
  })
}
