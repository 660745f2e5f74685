// Mail to the appeals address: whether the mailbox can be read, whether answers find back to it, and what waits in the tray.
import { Fault, systemClock } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import type { Database } from '@wardline/server/db'
import { countLetters, leftOf, readBox, readCounts, verifyLetterBox } from '@wardline/server/letters'
import { moment } from '../moment.ts'
import { type Check, fail, ok, warn } from './check.ts'

const name = 'letters'
const patienceMs = 10_000

/** Signs in and counts; reads no mail and moves none. */
export async function checkLetterBox({ environment, appeals, notices, mail }: Config): Promise<readonly Check[]> {
  const { imapUrl, address, everySeconds } = appeals.mail
  if (imapUrl === undefined || address === undefined)
    return notices.enabled
      ? [ok(name, 'none are read: notices are answered through their link alone (appeals.mail)')]
      : []
  try {
    const settings = { environment, imapUrl, address, everyMs: everySeconds * 1000 }
    const { mails } = await verifyLetterBox(settings, AbortSignal.timeout(patienceMs))
    return [ok(name, `the mailbox answers; ${mails} mails lie in it`), ...ofDomains(address, mail.from)]
  } catch (error) {
    const words = error instanceof Fault ? error.message : 'the mailbox of appeals cannot be read'
    return [fail(name, words, 'Check appeals.mail.imapUrl. Answers to notices wait there meanwhile.')]
  }
}

/** The envelope's sender is the appeals address: what receives a notice compares its domain with that of the From line. */
function ofDomains(address: string, from: string | undefined): Check[] {
  const domainOf = (text: string) => /@([^@>\s]+)>?\s*$/.exec(text)?.[1]?.toLowerCase()
  if (from === undefined || domainOf(from) === domainOf(address)) return []
  const words = 'appeals.mail.address and mail.from have different domains: notices may be taken for forged'
  return [warn('letters', words, 'Use one domain for both, or make sure that SPF and DMARC allow it.')]
}

export async function checkTray({ read }: Database): Promise<readonly Check[]> {
  const now = systemClock.now()
  const { byState, oldestWaiting, noted } = await countLetters(read)
  const { failingSince } = await readBox(read)
  const left = leftOf(await readCounts(read, now))
  return [
    ...(failingSince === null
      ? []
      : [fail(name, `not read by the server since ${moment(failingSince)}`, 'The server’s log says why.')]),
    ...(byState.waiting === 0
      ? []
      : [
          warn(
            'letter tray',
            `${byState.waiting} wait for a person, the oldest since ${moment(oldestWaiting ?? now)}`,
            'Run `wardline letters list --state waiting`; attach or dismiss each.',
          ),
        ]),
    ...(noted.count === 0
      ? []
      : [
          warn(
            'letter tray',
            `${noted.count} say that a machine wrote them, and hold words; the oldest since ${moment(noted.oldest ?? now)}`,
            'Run `wardline letters list --state noted`; attach or dismiss each.',
          ),
        ]),
    ...(left === 0
      ? []
      : [
          warn(
            'letter tray',
            `${left} of today were left on the mail server, by the limits`,
            'They lie in the folder "Wardline left" of the mailbox.',
          ),
        ]),
  ]
}
