// `wardline backup DIR`: the database and the evidence as of one moment, without the key, while the server runs on.
import { join, resolve } from 'node:path'
import { writeBackup } from '@wardline/server/backup'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'

interface Options extends GroundOptions {
  readonly keep?: number
  readonly json?: true
}

export function backupCommand(): Command {
  return groundCommand('backup', 'write a backup of the database and the evidence, without the key that opens them')
    .argument('<folder>', 'where backups are kept, on another disk; each gets a folder of its own in it')
    .option('--keep <number>', 'afterwards remove all but so many, the newest', wholeNumber)
    .option('--json', 'one JSON object')
    .action(
      ending(async (into: string, options: Options) => {
        const written = await onGround(options, ({ config, database, vault, clock }) =>
          writeBackup({
            database,
            vault,
            clock,
            environment: config.environment,
            data: config.data,
            folder: join(config.data, 'vault'),
            keyFile: config.vault.keyFile,
            into: resolve(into),
            keep: options.keep,
            say: options.json ? undefined : (words) => console.error(words),
          }),
        )
        const { folder, manifest, removed } = written
        if (options.json) {
          console.log(JSON.stringify({ folder, ...manifest, removed }))
          return fine
        }
        console.log(
          `${folder}: as of ${moment(manifest.asOf)}, ${manifest.database.rows} rows, ${manifest.objects.count} objects.`,
        )
        for (const name of removed) console.log(`Removed ${name}.`)
        console.log(
          `Without the vault key (fingerprint ${manifest.keyFingerprints.join(', ')}) nobody can read it, you included: keep a copy of the key elsewhere.`,
        )
        return fine
      }),
    )
}

function wholeNumber(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('a whole number from 1 on.')
  return number
}
