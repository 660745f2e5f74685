// A case that was over and is in doubt since: what a person's second look came to. Nothing is reported either way.
import { letStand, repairAfterLook } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { readRepair } from '@wardline/server/repairs'
import type { Command } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { numberOf } from './number.ts'

interface Looking extends GroundOptions {
  readonly as: string
  readonly reason: string
}

const words = {
  stands: 'a case that is reviewed_again stands as it was: its other ground holds',
  error: 'a case that is reviewed_again was an error as well: a repair of it alone, for two others to approve',
} as const

export function lookAgain(says: keyof typeof words): Command {
  return groundCommand(says, words[says])
    .argument('<case>', 'its number')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed')
    .action(
      ending(async (ref: string, options: Looking) => {
        const repair = await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_case'))
          const desk = openDesk(ground)
          const look = { ref: numberOf(ref), by, reason: options.reason }
          if (says === 'stands') return letStand(desk, look)
          const { repairId } = await repairAfterLook(desk, look)
          return readRepair(ground.database.read, ground.vault, repairId)
        })
        console.log(
          repair ? `Repair ${repair.number} was begun: two other people approve it.` : `Case ${ref} stands as it was.`,
        )
        return fine
      }),
    )
}
