// `wardline config show`: the configuration that counts, secrets as ***.
import { describeConfig } from '@wardline/server/config'
import { Command } from 'commander'
import { ending, fine } from '../exit.ts'
import { type GroundOptions, groundCommand, readConfig } from '../on-ground.ts'

export function configCommand(): Command {
  const show = groundCommand('show', 'print it as it counts, secrets as ***').action(
    ending(async (options: GroundOptions) => {
      process.stdout.write(describeConfig(readConfig(options)))
      return fine
    }),
  )
  return new Command('config').description('the configuration that counts').addCommand(show)
}
