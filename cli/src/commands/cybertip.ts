// `wardline cybertip`: the way to NCMEC, tried with this instance's own credentials. It opens no report.
import { Fault } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import { diffSchema, openWay, reportSettings, type SchemaDiff } from '@wardline/server/reports'
import { Command } from 'commander'
import { environmentLine } from '../environment-line.ts'
import { ending, fine, found } from '../exit.ts'
import { type GroundOptions, groundCommand, readConfig } from '../on-ground.ts'
import { refusalWords } from '../reports/refusal-words.ts'
import { plain } from '../table.ts'

export function cybertipCommand(): Command {
  return new Command('cybertip')
    .description('the CyberTipline: are we let in, and is its schema still the one we know?')
    .addCommand(status())
    .addCommand(diff())
}

function status(): Command {
  return groundCommand(
    'status',
    'ask /status with the configured credentials; exit 1 when it does not answer well',
  ).action(
    ending(async (options: GroundOptions) => {
      const config = readConfig(options)
      console.log(environmentLine(config.environment))
      console.log(`User: ${config.cybertip.username ?? 'none is configured'}`)
      const answer = await clientOf(config).status()
      if (answer.kind === 'ok') {
        console.log(`The CyberTipline answers: ${plain(answer.description)}`)
        console.log(`Request-ID: ${answer.requestId ?? 'none'}`)
        return fine
      }
      for (const line of refusalWords(answer)) console.log(line)
      return found
    }),
  )
}

function diff(): Command {
  return groundCommand(
    'xsd-diff',
    'fetch NCMEC’s schema and list what differs from the one built in; exit 1 when something does',
  ).action(
    ending(async (options: GroundOptions) => {
      const config = readConfig(options)
      console.log(environmentLine(config.environment))
      const answer = await clientOf(config).xsd()
      if (answer.kind === 'fault') {
        for (const line of refusalWords(answer)) console.log(line)
        return found
      }
      // NCMEC's schema is NCMEC's: it is read, compared and let go.
      const theirs = diffSchema(answer.rawXml)
      console.log(`SHA-256 of the schema: ${theirs.sha256}`)
      if (theirs.kind === 'unreadable') {
        console.log(
          `It cannot be read (${theirs.why}); nothing is known of how it differs. Reports are filed as before.`,
        )
        return found
      }
      const { differences } = theirs
      if (theirs.unread.length > 0)
        console.log(`Not understood, and so not compared: ${plain(theirs.unread.join(', '))}`)
      for (const one of differences) console.log(plain(differenceWords(one)))
      console.log(
        differences.length === 0
          ? 'It agrees with the schema built in.'
          : `${differences.length} differences. Ours is what is sent; a newer version of Wardline may know theirs.`,
      )
      return differences.length === 0 ? fine : found
    }),
  )
}

type Difference = Extract<SchemaDiff, { kind: 'compared' }>['differences'][number]

function differenceWords(one: Difference): string {
  switch (one.kind) {
    case 'only_theirs':
      return `+ ${one.path}: only in NCMEC's (${one.what})`
    case 'only_ours':
      return `- ${one.path}: only in ours (${one.what})`
    case 'differs':
      return `~ ${one.path}: ${one.in} is ${one.theirs || 'none'}, ours ${one.ours || 'none'}`
  }
}

function clientOf({ environment, cybertip }: Config) {
  const way = openWay(reportSettings(environment, cybertip))
  if (way.kind === 'client') return way.client
  throw new Fault('no_credentials', `the configuration lacks ${way.missing.join(', ')}`, { retry: 'never' })
}
