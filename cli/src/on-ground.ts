// Administrative commands stand on the operator's own database and vault, whether or not a server runs beside them.
import { existsSync } from 'node:fs'
import { openSequencer } from '@wardline/server/audit'
import { Fault, type Log, systemClock } from '@wardline/server/base'
import { type Config, loadConfig } from '@wardline/server/config'
import { databaseSettings, type Ground, openGround } from '@wardline/server/main'
import { Command } from 'commander'

export type { Ground }

export interface GroundOptions {
  readonly config?: string
}

/** A command that takes `--config FILE`. */
export function groundCommand(name: string, description: string): Command {
  return new Command(name).description(description).option('--config <file>', 'configuration (else ./wardline.yaml)')
}

export function readConfig({ config }: GroundOptions): Config {
  // WARDLINE_DEBUG asks this program for stacks; it is no key of the configuration, and would be refused as a wrong one.
  const { WARDLINE_DEBUG: _, ...env } = process.env
  return loadConfig({ file: config, env })
}

/**
 * Opens the ground, does the work, chains what it wrote into the audit trail, and closes the ground again. `begin`: the
 * command may be the first one of a new deployment and then makes its master key, as the first `serve` would.
 */
export async function onGround<T>(
  options: GroundOptions,
  work: (ground: Ground) => Promise<T>,
  { begin = false }: { readonly begin?: boolean } = {},
): Promise<T> {
  const config = readConfig(options)
  if (!begin) requireDeployment(config)
  await using ground = await namingKeyFile(config, () =>
    openGround(config, { clock: systemClock, log: sayTrouble }, { createKey: begin }),
  )
  const done = await work(ground)
  await openSequencer(ground).sequence()
  return done
}

/** Fault `no_deployment`: a look into a mistyped folder must not begin a new deployment there. */
export function requireDeployment(config: Config): void {
  const settings = databaseSettings(config)
  if (existsSync(settings.kind === 'sqlite' ? settings.file : config.data)) return
  throw new Fault('no_deployment', `there is no deployment in ${config.data} yet`, { retry: 'never' })
}

/** Of a key that is not there, the operator must hear where it was looked for. */
export async function namingKeyFile<T>({ vault: { keyFile } }: Config, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'key_missing' || error.message.includes(keyFile)) throw error
    const { code, message, retry } = error
    throw new Fault(code, `${message} (it was looked for in ${keyFile})`, { retry, cause: error })
  }
}

/** A command is no server: of a log only the trouble reaches the person at the terminal. */
export const sayTrouble: Log = {
  info: () => {},
  warn: (_fields, words) => console.error(`warning: ${words}`),
  error: (_fields, words) => console.error(`trouble: ${words}`),
}
