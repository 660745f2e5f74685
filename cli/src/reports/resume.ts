// `wardline reports resume`: what stopped filing for all reports is mended, so it is looked at now.
import { resumeFiling } from '@wardline/server/flow'
import { openDesk } from '@wardline/server/main'
import type { Line } from '@wardline/server/reports'
import type { Command } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'

export function resume(): Command {
  return groundCommand('resume', 'filing was stopped for all reports and the cause is mended: try now')
    .option(...asPersonOption)
    .action(
      ending(async (options: GroundOptions & { as?: string }) => {
        const closed = await onGround(options, async (ground) =>
          resumeFiling(openDesk(ground), await actorWhoMay(ground, options.as, 'retry_report')),
        )
        console.log(
          closed
            ? 'A running server asks the CyberTipline now, and goes on with all reports if it is well. Credentials that changed in the configuration want a start of the server.'
            : 'Nothing stands in the way of filing.',
        )
        return fine
      }),
    )
}

/** Undefined while reports are filed as they come. */
export function lineWords({ standing, because, sinceMs, untilMs }: Line): string | undefined {
  if (standing === 'open') return undefined
  if (standing === 'waiting')
    return `Filing waits for the CyberTipline (${because}): the next try is at ${moment(untilMs)}.`
  return `FILING IS STOPPED for all reports since ${moment(sinceMs)}: ${because}. See wardline cybertip status, mend it (a changed configuration: start the server again), then wardline reports resume.`
}
