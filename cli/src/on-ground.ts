// Administrative commands stand on the operator's own database and vault, whether or not a server runs beside them.
import { openSequencer } from '@wardline/server/audit'
import { type Log, systemClock } from '@wardline/server/base'
import { type Config, loadConfig } from '@wardline/server/config'
import { type Ground, openGround } from '@wardline/server/main'
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
  await using ground = await openGround(config, { clock: systemClock, log: sayTrouble }, { createKey: begin })
  const done = await work(ground)
  await openSequencer(ground).sequence()
  return done
}

/** A command is no server: of a log only the trouble reaches the person at the terminal. */
export const sayTrouble: Log = {
  info: () => {},
  warn: (_fields, words) => console.error(`warning: ${words}`),
  error: (_fields, words) => console.error(`trouble: ${words}`),
}
