// `wardline reports close`: what can never be filed here, a person filed at NCMEC's own form, and says so.
import { closeReport } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import { findReport } from '@wardline/server/reports'
import type { Command } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'

interface Closing extends GroundOptions {
  readonly as: string
  readonly reason: string
  readonly filedAs: string
}

export function close(): Command {
  return groundCommand(
    'close',
    'a stuck report that you have filed yourself at NCMEC’s own form is reported by your word',
  )
    .argument('<report>', 'its id, or the number of its case')
    .requiredOption(...asPersonOption)
    .requiredOption('--reason <text>', 'kept, sealed, with the report')
    .requiredOption('--filed-as <id>', 'the id that NCMEC gave the report you filed')
    .action(
      ending(async (ref: string, { as, reason, filedAs, ...options }: Closing) => {
        const reportId = await onGround(options, async (ground) => {
          const reportId = await findReport(ground.database.read, ref)
          const by = actorOf(await personWhoMay(ground, as, 'decide_case'))
          await closeReport(openDesk(ground), { reportId, by, reason, remoteId: filedAs })
          return reportId
        })
        console.log(
          `${reportId} is closed as filed by hand. Its evidence is kept for a year from now; there is no receipt of ours, and nobody is told by itself.`,
        )
        return fine
      }),
    )
}
