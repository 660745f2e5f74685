// What people say against a decision: whether it waits, is late, or can be heard by nobody.
import { countAppeals, unheardAppeals } from '@wardline/server/appeals'
import { systemClock } from '@wardline/server/base'
import type { Database } from '@wardline/server/db'
import { type Check, fail, ok, warn } from './check.ts'

/** Nobody answers an appeal but a person: one who had no part in the case. Where there is none, nothing but a person mends that. */
export async function checkAppeals({ read }: Database): Promise<Check> {
  const name = 'appeals'
  const { open, overdue } = await countAppeals(read, systemClock.now())
  if (open === 0) return ok(name, 'none waits for a decision')
  const late = overdue === 0 ? '' : `, ${overdue} of them overdue`
  const words = `${open} ${open === 1 ? 'waits' : 'wait'} for a decision${late}`
  const [first, ...others] = [...(await unheardAppeals(read)).values()]
  if (first !== undefined)
    return fail(name, `${words}; ${others.length + 1} can be heard by nobody: ${first.words}`, first.next)
  const next = '`wardline appeals list --state open` says who hears which, and by when.'
  return overdue === 0 ? warn(name, words, next) : fail(name, words, next)
}
