// The vault's keys: are they here, is there a copy of each, and does a rotation wait for somebody?
import { join } from 'node:path'
import { systemClock } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { type KeyStanding, listKeys, openVault, readKeys, type Vault } from '@wardline/server/vault'
import { moment } from '../moment.ts'
import { sayTrouble } from '../on-ground.ts'
import { firstLine } from '../words.ts'
import { type Check, fail, ok, warn } from './check.ts'

export async function checkKeys(
  { data, vault: { keyFile } }: Config,
  database: Database,
): Promise<{ readonly checks: Check[]; readonly vault: Vault | undefined }> {
  try {
    const folder = join(data, 'vault')
    const vault = await openVault({ folder, keyFile, database, clock: systemClock, log: sayTrouble, createKey: false })
    const keys = await listKeys(database.read)
    const rotation = checkRotation(keys, [...readKeys(keyFile).keys()])
    const here = ok('vault key', `${keyFile}, fingerprint ${vault.fingerprint}`)
    return { checks: [here, checkCopies(keys), ...(rotation === undefined ? [] : [rotation])], vault }
  } catch (error) {
    const todo = `It is looked for in ${keyFile}; vault.keyFile names another place.`
    return { checks: [fail('vault key', firstLine(error), todo)], vault: undefined }
  }
}

function checkCopies(keys: readonly KeyStanding[]): Check {
  const name = 'key copy'
  const needed = keys.filter(({ state }) => state === 'in_use' || state === 'former')
  const bare = needed.find(({ copiedAt }) => copiedAt === undefined)
  if (bare !== undefined) {
    const isOnly = needed.length === 1
    return warn(
      name,
      isOnly
        ? 'none was ever confirmed: if this disk dies, all evidence is lost'
        : `of the key ${bare.fingerprint} none was ever confirmed: if this disk dies, evidence is lost`,
      `\`wardline vault key copy FILE${isOnly ? '' : ` --key ${bare.fingerprint}`}\`, take it elsewhere, then \`wardline vault key confirm FILE\`.`,
    )
  }
  return ok(name, `confirmed ${moment(Math.min(...needed.map(({ copiedAt = 0 }) => copiedAt)))}`)
}

/** Nothing of this is dangerous; all of it waits for a person, or for a running server. */
function checkRotation(keys: readonly KeyStanding[], here: readonly string[]): Check | undefined {
  const name = 'key rotation'
  const of = (state: KeyStanding['state']) => keys.find((key) => key.state === state)
  const coming = of('coming')
  if (coming !== undefined)
    return warn(
      name,
      `the key ${coming.fingerprint} is made and not in use yet`,
      coming.copiedAt === undefined
        ? `\`wardline vault key copy FILE --key ${coming.fingerprint}\`, confirm it, then \`wardline vault key rotate\` again.`
        : '`wardline vault key rotate` takes it into use; with --abandon it is taken away.',
    )
  const left = of('in_use')?.leftUnder
  if (of('former') !== undefined)
    return warn(
      name,
      left === undefined ? 'values are to be sealed anew' : `${left} values are still to be sealed anew`,
      'A running server does it; `wardline vault status` counts them.',
    )
  const empty = of('empty')
  if (empty !== undefined)
    return warn(
      name,
      `nothing needs the key ${empty.fingerprint} any more`,
      `\`wardline vault key retire ${empty.fingerprint}\`; backups made before the rotation open only with it.`,
    )
  const retired = keys.find((key) => key.state === 'retired' && here.includes(key.fingerprint))
  if (retired !== undefined)
    return warn(
      name,
      `the retired key ${retired.fingerprint} still lies on this machine`,
      `\`wardline vault key retire ${retired.fingerprint}\` takes it away here.`,
    )
  const stray = here.find((fingerprint) => !keys.some((key) => key.fingerprint === fingerprint))
  if (stray === undefined) return undefined
  return warn(
    name,
    `a key that this deployment never used lies beside the key file (${stray})`,
    'A rotation that was cut off leaves one behind; so does a database that was taken back to before a rotation: then keep it.',
  )
}
