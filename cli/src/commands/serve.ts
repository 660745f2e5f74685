// `wardline serve`: the server. Its log goes to standard output as JSON lines; words for the person who starts it go beside it.
import { stat } from 'node:fs/promises'
import { type Log, systemClock } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import { openLog } from '@wardline/server/http'
import { openWardline } from '@wardline/server/main'
import type { Command } from 'commander'
import { environmentLine } from '../environment-line.ts'
import { ending, fine, trouble } from '../exit.ts'
import { type GroundOptions, groundCommand, namingKeyFile, readConfig } from '../on-ground.ts'
import { onSignals } from '../signals.ts'

/** An orchestrator kills after 30 s; we would rather end ourselves, in words. */
const patienceMs = 30_000

/** The database inside keeps its own mode; an old folder that others can look into is for its owner to close. */
async function warnOfOpenFolder({ data }: Config, log: Log): Promise<void> {
  const { mode } = await stat(data)
  if ((mode & 0o077) !== 0)
    log.warn({}, `the data folder is open to other users of this machine: run chmod 700 ${data}`)
}

export function serveCommand(): Command {
  return groundCommand('serve', 'run the server until SIGTERM or Ctrl-C').action(
    ending(async (options: GroundOptions) => {
      const config = readConfig(options)
      const { environment } = config
      const signals = onSignals()
      const log = openLog({ level: config.log.level, environment })
      const wardline = await namingKeyFile(config, () => openWardline(config, { clock: systemClock, log }))
      await warnOfOpenFolder(config, log)
      const metrics = wardline.metricsUrl === undefined ? '' : `, metrics on ${wardline.metricsUrl}`
      console.error(`Wardline listens on ${wardline.url}${metrics}. End it with Ctrl-C or SIGTERM.`)
      console.error(environmentLine(environment))

      await signals.first
      console.error('Ending: what is running is brought to an end first. A second signal ends at once.')
      const late = setTimeout(() => {
        console.error(
          `It did not end within ${patienceMs / 1000} seconds. Nothing is lost: the next start goes on from here.`,
        )
        process.exit(trouble)
      }, patienceMs)
      await wardline.close()
      clearTimeout(late)
      return fine
    }),
  )
}
