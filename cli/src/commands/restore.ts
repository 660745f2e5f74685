// `wardline restore DIR`: puts a backup back where nothing is; what could go out twice waits for a person then.
import { join, resolve } from 'node:path'
import { type Manifest, restoreBackup, verifyBackup, wholeBackups } from '@wardline/server/backup'
import { Fault, systemClock } from '@wardline/server/base'
import { openKeys } from '@wardline/server/vault'
import type { Command } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, readConfig } from '../on-ground.ts'

interface Options extends GroundOptions {
  readonly check?: true
}

export function restoreCommand(): Command {
  return groundCommand('restore', 'put a backup back into an empty data folder and an empty database')
    .argument('<folder>', 'a backup, or the folder of several, of which the newest is taken')
    .option('--check', 'only compare every file with its digest')
    .action(
      ending(async (from: string, options: Options) => {
        const { data, environment, database, vault } = readConfig(options)
        const folder = await oneOf(resolve(from))
        if (options.check) {
          const keys = openKeys(vault.keyFile)
          const hasKey = keys.fingerprints.length > 0
          const manifest = await verifyBackup(folder, hasKey ? keys : undefined)
          console.log(`${folder} is whole: ${about(manifest)}.`)
          if (!hasKey) console.log('There is no vault key here, so only damage would be seen, no forgery.')
          return fine
        }
        const manifest = await restoreBackup({
          from: folder,
          data,
          keyFile: vault.keyFile,
          environment,
          databaseUrl: database.url,
          clock: systemClock,
          say: (words) => console.error(words),
        })
        console.log(`Restored ${folder}: ${about(manifest)}.`)
        console.log(`
PAUSED. What was filed or told after ${moment(manifest.asOf)} this database does not know, and nothing is sent twice:
until a person ends the pause, nothing is filed, told or destroyed. Images are answered as always.
  wardline serve          start the server
  wardline pause show     what may have gone out already, and how to say so
  wardline pause end      when all is said`)
        return fine
      }),
    )
}

const about = ({ asOf, environment, database, objects }: Manifest) =>
  `as of ${moment(asOf)}, ${environment}, ${database.rows} rows, ${objects.count} objects`

async function oneOf(folder: string): Promise<string> {
  const newest = (await wholeBackups(folder).catch(noSuchFolder(folder))).at(-1)
  return newest === undefined ? folder : join(folder, newest)
}

const noSuchFolder =
  (folder: string) =>
  (cause: unknown): never => {
    throw new Fault('no_backup', `${folder} is no folder that can be read`, { retry: 'never', cause })
  }
