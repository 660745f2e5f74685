// Are people told? Those given up, those that a person must release, those that are due and go nowhere.
import { systemClock } from '@wardline/server/base'
import type { Database } from '@wardline/server/db'
import { liveHolds, noticeFigures } from '@wardline/server/notices'
import { casesUndecided } from '@wardline/server/repairs'
import { counted } from '../counted.ts'
import { moment } from '../moment.ts'
import { type Check, fail, ok, warn } from './check.ts'

export async function checkTold({ read }: Database): Promise<Check> {
  const name = 'told'
  const { byState, unreleased, overdue } = await noticeFigures(read, systemClock, casesUndecided)
  if (overdue > 0)
    return fail(
      name,
      `${counted(overdue, 'notice is', 'notices are')} due for an hour or more, and nothing holds them`,
      '`wardline notices list --state waiting` says why; is a server running?',
    )
  const waiting = unreleased === 0 ? '' : `; ${counted(unreleased, 'waits', 'wait')} for a person's release`
  if (byState.dead > 0)
    return warn(
      name,
      `${counted(byState.dead, 'notice')} could not be delivered${waiting}`,
      '`wardline notices list --state dead` shows them; mend what is in the way, then `wardline notices retry ID`.',
    )
  if (unreleased > 0)
    return warn(
      name,
      `${counted(unreleased, 'notice waits', 'notices wait')} for a person's release`,
      '`wardline notices list --unreleased` shows them; `wardline notices release ID --as EMAIL --reason TEXT`.',
    )
  return ok(
    name,
    `${counted(byState.sent, 'notice')} sent, ${byState.waiting + byState.sending} on their way, none given up`,
  )
}

/** Only that there are some: what is in them only some may know. */
export async function checkHolds({ read }: Database): Promise<Check> {
  const { count, latest } = await liveHolds(read, systemClock)
  if (latest === null) return ok('legal holds', 'none')
  const words = counted(count, 'legal hold keeps notices back', 'legal holds keep notices back')
  return ok('legal holds', `${words}, the latest until ${moment(latest)}`)
}
