// The end of a key. When a count over every sealed value finds none under it, and no running process seals under it, it is empty;
// a person may then retire it, which takes its file away. Backups of the time before still open with it and nothing else.
import { type Actor, record } from '#audit'
import type { Clock, Log } from '#base'
import type { Database, Transaction } from '#db'
import { fault } from './fault.ts'
import { dropKey } from './key-files.ts'
import { listKeys } from './keys.ts'
import { askToReseal, countSealed, leftUnderOthers, UNNAMED } from './reseal.ts'
import { changeKey, holders, keyInUse } from './store-keys.ts'

export interface Retiring {
  readonly keyFile: string
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
}

/** Running processes that still seal under another key than the one in use. */
async function behind(tx: Transaction): Promise<number> {
  const inUse = await keyInUse(tx)
  return (await holders(tx)).filter(({ sealsUnder }) => sealsUnder !== inUse).length
}

/**
 * The end of a rotation, proved by a count: every former key is empty. Answers with how many values, or processes, are left; with
 * 0 it is done, in one transaction with `end`.
 */
export async function finishRotation(
  { database, clock }: Pick<Retiring, 'database' | 'clock'>,
  end: (tx: Transaction) => Promise<void>,
): Promise<number> {
  const late = await database.transact(behind)
  if (late > 0) return late
  const inUse = (await keyInUse(database.read)) ?? ''
  const left = leftUnderOthers(await countSealed(database.read), inUse)
  if (left > 0) return left
  return database.transact(async (tx) => {
    if ((await keyInUse(tx)) !== inUse) return 1
    const now = await behind(tx)
    if (now > 0) return now
    await changeKey(tx, inUse, { left_under: null })
    for (const { fingerprint, state } of await listKeys(tx)) {
      if (state !== 'former') continue
      await changeKey(tx, fingerprint, { emptied_at: clock.now() })
      await record(tx, clock, {
        actor: 'wardline',
        act: 'finish_vault_rotation',
        subject: inUse,
        detail: { empty: fingerprint },
      })
    }
    await end(tx)
    return 0
  })
}

/**
 * Retires a key and takes its file away; asked again, it takes away what is left of it on this machine. `withoutCopy`: though no
 * copy of it was ever confirmed, so that backups of its time will never open again. Faults: `key_wrong` for a key that is unknown
 * or in use, `key_needed` while anything needs it.
 */
export async function retireKey(
  { keyFile, database, clock, log }: Retiring,
  fingerprint: string,
  { actor = 'wardline', withoutCopy = false }: { readonly actor?: Actor; readonly withoutCopy?: boolean } = {},
): Promise<void> {
  const refuse = async (tx: Transaction) => {
    const key = (await listKeys(tx)).find((one) => one.fingerprint === fingerprint)
    if (key === undefined) throw fault('key_wrong', 'this deployment never had a key of that fingerprint', 'never')
    if (key.state === 'in_use')
      throw fault(
        'key_wrong',
        'this key is in use: it can be retired after a rotation (wardline vault key rotate)',
        'never',
      )
    if (key.state === 'coming')
      throw fault('key_wrong', 'this key is not in use yet: `wardline vault key rotate --abandon` ends it', 'never')
    if (key.state === 'former')
      throw needed('values are still being sealed anew: `wardline vault status` says how many')
    if ((await behind(tx)) > 0)
      throw needed('a running process does not seal under the new one yet: try again in a minute')
    if (key.state === 'empty' && key.copiedAt === undefined && !withoutCopy)
      throw needed(
        'no copy of it was ever confirmed, and backups made before the rotation open with nothing else: `wardline vault key ' +
          `copy FILE --key ${fingerprint}\`, then confirm it; or say --without-copy`,
      )
    return key.state
  }
  await database.transact(refuse)
  const counts = await countSealed(database.read)
  const left = counts.reduce((sum, { under }) => sum + (under.get(fingerprint) ?? 0) + (under.get(UNNAMED) ?? 0), 0)
  if (left > 0) {
    // Written, perhaps, by a process that had been stopped for a long time.
    await database.transact((tx) => askToReseal(tx, clock))
    throw needed(`${left} values are sealed under it, and a running server seals them anew: try again in a while`)
  }
  const inUse = await database.transact(async (tx) => {
    if ((await refuse(tx)) === 'empty') {
      await changeKey(tx, fingerprint, { retired_at: clock.now() })
      await record(tx, clock, { actor, act: 'retire_vault_key', subject: fingerprint, detail: { withoutCopy } })
    }
    return keyInUse(tx)
  })
  log.info({ step: 'key retired' }, 'journaled')
  await dropKey(keyFile, fingerprint, inUse ?? '')
}

function needed(why: string) {
  return fault('key_needed', `this key is still needed: ${why}`, 'later')
}
