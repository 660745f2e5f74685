// Two people approve a repair's frozen list; to refuse one that a hearing began takes two as well; what came later is gathered in a further round.
import { approveRepair, gatherAgain, refuseRepair, reportAnew } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import type { Command } from 'commander'
import { asPersonOption, personWhoMay } from '../as-person.ts'
import { counted } from '../counted.ts'
import { ending, fine } from '../exit.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'
import { numberOf } from './number.ts'

interface Deciding extends GroundOptions {
  readonly as: string
  readonly reason: string
}

const deciding = (name: string, description: string, reason = 'kept with the decision') =>
  groundCommand(name, description)
    .argument('<number>', 'as `wardline repair list` shows it')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', reason)

export function approve(): Command {
  return deciding('approve', 'one of two people approves the list as `wardline repair show` has it').action(
    ending(async (ref: string, options: Deciding) => {
      const outcome = await asked(ref, options, approveRepair)
      console.log(
        outcome === 'first'
          ? `Repair ${ref} waits for another person: \`wardline repair approve ${ref} --as EMAIL --reason TEXT\`.`
          : `Repair ${ref} is approved: a running server carries it out; \`wardline repair show ${ref}\` tells how far it is.`,
      )
      return fine
    }),
  )
}

export function refuse(): Command {
  return deciding('refuse', 'it is not to be: its entries count again, and what waited goes on').action(
    ending(async (ref: string, options: Deciding) => {
      const outcome = await asked(ref, options, refuseRepair)
      console.log(
        outcome === 'first'
          ? `A hearing began repair ${ref}, so another person has to agree: \`wardline repair refuse ${ref} --as EMAIL --reason TEXT\`. Until then it waits as before.`
          : `Repair ${ref} is refused.`,
      )
      return fine
    }),
  )
}

export function again(): Command {
  return deciding('again', 'gather what came after the list was frozen, as a further round').action(
    ending(async (ref: string, options: Deciding) => {
      const { number } = await asked(ref, options, gatherAgain)
      console.log(`Repair ${number} is being gathered by a running server; two people approve it like the first.`)
      return fine
    }),
  )
}

export function report(): Command {
  return deciding(
    'report',
    'NCMEC gets a new report for each that was an error, which takes it back and names nobody',
    'why new reports and not (only) the letter; kept, sealed, and not sent',
  ).action(
    ending(async (ref: string, options: Deciding) => {
      const { made, there, left } = await asked(ref, options, reportAnew)
      console.log(
        `${counted(made, 'new report')} of repair ${ref} ${made === 1 ? 'is' : 'are'} filed by a running server${there > 0 ? `; ${there} were there already` : ''}. \`wardline repair show ${ref}\` tells how far they are.`,
      )
      if (left > 0)
        console.log(
          `${left} are of several accounts, of whom only some were reported in error: say which in the letter (wardline repair letter ${ref}).`,
        )
      return fine
    }),
  )
}

async function asked<T>(ref: string, options: Deciding, work: Work<T>): Promise<T> {
  return onGround(options, async (ground) => {
    const { id: by } = await personWhoMay(ground, options.as, 'decide_repair')
    return work(openDesk(ground), { ref: numberOf(ref), by, reason: options.reason })
  })
}
type Work<T> = (
  desk: ReturnType<typeof openDesk>,
  asked: { readonly ref: number; readonly by: string; readonly reason: string },
) => Promise<T>
