// Cases that cannot go on by themselves: which wait for a person, for how long, and which for credentials.

import { systemClock } from '@wardline/server/base'
import { countCases, countWaiting } from '@wardline/server/cases'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { longReviewMs, reviewMs } from '@wardline/server/flow'
import { missingCredentials, readLine, reportSettings } from '@wardline/server/reports'
import { counted } from '../counted.ts'
import { type Check, fail, ok, warn } from './check.ts'

const review = '`wardline cases list --state waiting_review` shows them, `wardline cases show N` one of them'
const again =
  '`wardline cases list --state reviewed_again` shows them; `wardline cases show N` says what was found wrong, and which command comes next'
const setAside = '`wardline lists set-aside list` shows the entries; release or decide each'

export async function checkCases({ environment, cybertip }: Config, { read }: Database): Promise<Check> {
  const name = 'cases'
  const counts = await countCases(read)
  const {
    cannot_report: stuck = 0,
    waiting_review: waiting = 0,
    set_aside: aside = 0,
    waiting_facts: facts = 0,
    reviewed_again: doubted = 0,
  } = counts
  if (stuck > 0) {
    const missing = missingCredentials(reportSettings(environment, cybertip))
    return fail(
      name,
      `${stuck} cannot be reported`,
      missing.length > 0
        ? `Set ${missing.join(', ')} in the configuration, then start the server again.`
        : (await readLine(read)).standing === 'stopped'
          ? 'Nothing is missing, but the CyberTipline refuses: `wardline cybertip status` says what. Mend it, start the server again, then `wardline reports resume`.'
          : 'Nothing is missing now: see `wardline cybertip status`. Where it lets you in, start the server again, and they are filed by themselves.',
    )
  }
  if (waiting + aside + doubted === 0)
    return ok(name, `none waits for a person${facts > 0 ? `, ${facts} for facts from the platform` : ''}`)
  const words = [
    ...(waiting > 0 ? [`${waiting} to be reviewed`] : []),
    ...(aside > 0 ? [`${aside} for an entry that was set aside`] : []),
    ...(doubted > 0 ? [`${doubted} to be looked at again`] : []),
  ]
  const hints = [
    ...(waiting > 0 ? [`${review}.`] : []),
    ...(aside > 0 ? [`${setAside}.`] : []),
    ...(doubted > 0 ? [`${again}.`] : []),
  ]
  return warn(
    name,
    `${counted(waiting + aside + doubted, 'waits', 'wait')} for a person: ${words.join(', ')}`,
    hints.join(' '),
  )
}

/** Both kinds of waiting count, so both are named. */
export async function checkReviewClock({ read }: Database): Promise<Check> {
  const name = 'review clock'
  const now = systemClock.now()
  const long = await countWaiting(read, now - longReviewMs)
  const { set_aside: aside = 0, reviewed_again: doubted = 0 } = await countCases(read)
  const todo = `${review}${aside > 0 ? `; ${setAside}` : ''}${doubted > 0 ? `; ${again}` : ''}. Nobody but a person decides them.`
  if (long > 0)
    return fail(name, `${counted(long, 'case has', 'cases have')} waited two days or more for a person`, todo)
  const day = await countWaiting(read, now - reviewMs)
  return day > 0
    ? warn(name, `${counted(day, 'case has', 'cases have')} waited a day or more for a person`, todo)
    : ok(name, 'no case has waited for a day')
}
