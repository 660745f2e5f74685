// The correction for NCMEC: shown to a person who sends it, and marked as sent; and a restore that a person has seen to.
import { markRestored } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { markLetterSent, openLetter, readRepair } from '@wardline/server/repairs'
import type { Command } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { plain } from '../table.ts'
import { numberOf } from './number.ts'

interface As extends GroundOptions {
  readonly as: string
}

export function letter(): Command {
  return groundCommand('letter', 'the correction of its finished reports, for a person to send to NCMEC')
    .argument('<number>', 'of the repair')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, options: As) => {
        const { text, sentAt, to } = await onGround(options, async (ground) => {
          const { database, clock, vault, config } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_repair'))
          const { id } = await readRepair(database.read, vault, numberOf(ref))
          const letter = await openLetter(database, clock, vault, { repairId: id, by })
          return { ...letter, to: config.repairs.correctionsTo }
        })
        console.log(`To: ${to ?? '(your contact at NCMEC for providers; set repairs.correctionsTo)'}`)
        for (const line of text.split('\n')) console.log(plain(line))
        console.log(
          sentAt === null
            ? `Nobody has sent it yet. Once you have: wardline repair sent ${ref} --as ${options.as}`
            : `It was sent on ${moment(sentAt)}.`,
        )
        return fine
      }),
    )
}

export function sent(): Command {
  return groundCommand('sent', 'you have sent its letter')
    .argument('<number>', 'of the repair')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, options: As) => {
        await onGround(options, async (ground) => {
          const { database, clock, vault } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_repair'))
          const { id } = await readRepair(database.read, vault, numberOf(ref))
          await database.transact((tx) => markLetterSent(tx, clock, { repairId: id, by }))
        })
        console.log(`The letter of repair ${ref} is marked as sent.`)
        return fine
      }),
    )
}

export function restored(): Command {
  return groundCommand('restored', 'you have seen to it that the platform restored one of its cases')
    .argument('<number>', 'of the repair')
    .requiredOption('--case <number>', 'which case')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, options: As & { readonly case: string }) => {
        await onGround(options, async (ground) => {
          const by = actorOf(await personWhoMay(ground, options.as, 'decide_repair'))
          await markRestored(openDesk(ground), { ref: numberOf(ref), caseNumber: numberOf(options.case), by })
        })
        console.log(`Case ${options.case} is restored by your word, and its account's holder is told.`)
        return fine
      }),
    )
}
