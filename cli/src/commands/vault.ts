// `wardline vault key`: is the master key there and right, and is there a copy of it somewhere else?
import { resolve } from 'node:path'
import { Fault, systemClock } from '@wardline/server/base'
import { migrate, openDatabase } from '@wardline/server/db'
import { databaseSettings } from '@wardline/server/main'
import { confirmKeyCopy, keyCopyConfirmedAt, liesInside } from '@wardline/server/vault'
import { Command } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround, readConfig, requireDeployment } from '../on-ground.ts'

export function vaultCommand(): Command {
  const key = new Command('key')
    .description('the master key, which alone opens the evidence')
    .addCommand(check())
    .addCommand(copy())
    .addCommand(confirm())
  return new Command('vault').description('the evidence’s encryption').addCommand(key)
}

function check(): Command {
  return groundCommand('check', 'is it there, is it the right one, is there a copy?').action(
    ending(async (options: GroundOptions) => {
      await onGround(options, async ({ config, database, vault }) => {
        const confirmedAt = await keyCopyConfirmedAt(database.read)
        console.log(`The key in ${config.vault.keyFile} is this deployment's (fingerprint ${vault.fingerprint}).`)
        console.log(
          confirmedAt === undefined
            ? 'No copy of it was ever confirmed: if this disk dies, all evidence is lost.\nRun `wardline vault key copy FILE`.'
            : `A copy was last confirmed on ${moment(confirmedAt)}.`,
        )
      })
      return fine
    }),
  )
}

function copy(): Command {
  return groundCommand('copy', 'write a copy of the key to a new file')
    .argument('<file>', 'on another medium than the data folder')
    .action(
      ending(async (file: string, options: GroundOptions) => {
        await onGround(options, async ({ config, vault }) => {
          await refuseInside(config.data, file)
          await vault.copyKey(resolve(file))
        })
        console.log(`Copied to ${resolve(file)}. Whoever has this file and the data folder can read the evidence.`)
        console.log('Take it to a safe place, and from there run `wardline vault key confirm FILE`.')
        return fine
      }),
    )
}

/** Asks for no opened vault: a copy can be checked, and then put back, when the key file itself is lost. */
function confirm(): Command {
  return groundCommand('confirm', 'show that a copy is good; `wardline doctor` reminds you until then')
    .argument('<file>', 'the copy')
    .action(
      ending(async (file: string, options: GroundOptions) => {
        const config = readConfig(options)
        requireDeployment(config)
        await refuseInside(config.data, file)
        await using database = openDatabase(databaseSettings(config))
        await database.ping()
        await migrate(database)
        await confirmKeyCopy(resolve(file), { database, clock: systemClock, keyFile: config.vault.keyFile })
        console.log('This copy is good, and was noted as confirmed.')
        return fine
      }),
    )
}

/** A copy beside the evidence opens the evidence for whoever has the folder, and is lost with it. */
async function refuseInside(data: string, file: string): Promise<void> {
  if (await liesInside(data, file))
    throw new Fault(
      'key_copy_refused',
      'this place is inside the data folder: a copy there is lost with the disk, and opens the evidence to whoever has it',
      { retry: 'never' },
    )
}
