// Mail to the appeals address becomes words of an appeal, or a letter in the tray. Each mail is written down once, and moved aside
// on the mail server only after that: a crash in between reads it again and knows it again.
import { recordAppeal } from '#appeals'
import { Fault, systemClock } from '#base'
import type { Transaction } from '#db'
import { enqueueBy, finish, type Handler, holdLease, type Job } from '#jobs'
import {
  type Aside,
  beginMail,
  endMail,
  isKnownMail,
  isKnownPlace,
  type Judged,
  judge,
  type Kept,
  keepInTray,
  keepNoted,
  keepThreaded,
  type LetterBox,
  type LetterSettings,
  letterLimits,
  noteReached,
  noteUnreachable,
  openLetterBox,
  openParser,
  type Parser,
  type TrayWhy,
} from '#letters'
import { caseOfNotice, markBounced } from '#notices'
import { journaled, type River } from './river.ts'

/** What reading needs of the river. */
export type Reading = Pick<River, 'database' | 'clock' | 'vault' | 'log' | 'letters' | 'hearings' | 'wake'>

const uniqueKey = 'read_mail'
const secondMs = 1000

/** For a worker of its own: a mailbox that hangs must not stand in the way of anything else. Reading is inward, and goes on in a pause. */
export const letterHandlers = (river: Reading): Readonly<Record<'read_mail', Handler>> => ({
  read_mail: readMail(river),
})

/** At a start; one job for all servers, so that no two read the same mailbox at once. */
export async function beginReading({ database, clock, letters }: Reading): Promise<void> {
  if (letters === undefined) return
  const job = { kind: 'read_mail', subject: 'letters', runAt: clock.now(), uniqueKey }
  await database.transact((tx) => enqueueBy(tx, clock, job))
}

const readMail =
  (river: Reading): Handler =>
  async (job, signal) => {
    const { database, clock, letters, log } = river
    if (letters === undefined) {
      await database.transact((tx) => finish(tx, job))
      return { kind: 'done' }
    }
    try {
      const isMore = await round(river, letters, job, signal)
      await database.transact((tx) => noteReached(tx, clock))
      return { kind: 'again', at: clock.now() + (isMore ? 0 : letters.everyMs), why: 'looks for letters again' }
    } catch (error) {
      if (signal.aborted || !(error instanceof Fault) || error.code !== 'letters_unreachable') throw error
      const since = await database.transact((tx) => noteUnreachable(tx, clock, error.message))
      log.warn({ trouble: error.message }, 'the mailbox of appeals cannot be read; it is tried again')
      return { kind: 'again', at: nextTry(since, clock.now(), letters), why: error.message }
    }
  }

/** Half as long again as it has failed, from 5 s to 10 min. */
const nextTry = (since: number, now: number, { everyMs }: LetterSettings): number =>
  now + Math.min(600 * secondMs, Math.max(5 * secondMs, Math.min((now - since) / 2, 10 * everyMs)))

/** True: there is more than one round takes. */
async function round(river: Reading, settings: LetterSettings, job: Job, signal: AbortSignal): Promise<boolean> {
  const { database, vault } = river
  await using box = await openLetterBox(settings, signal)
  await using parser = openParser()
  const mailbox = vault.keyed('letter', `mailbox ${settings.imapUrl}`).slice(0, 16)
  const startedAt = systemClock.now()
  let taken = 0
  for (const uid of box.uids) {
    if (signal.aborted || systemClock.now() - startedAt > letterLimits.roundMs / 2) break
    const place = `${mailbox} ${box.uidValidity} ${uid}`
    const aside = (await isKnownPlace(database.read, place))
      ? 'Wardline read'
      : await takeMail(river, settings, { box, parser, job, uid, place })
    if (aside !== 'gone') await box.lay(uid, aside)
    await database.transact((tx) => endMail(tx, place))
    taken += 1
  }
  if (taken > 0) journaled({ log: river.log }, 'letters read', { count: taken })
  if (taken > 0) river.wake()
  return taken === letterLimits.mailsInARound || (taken > 0 && taken < box.uids.length)
}

async function takeMail(
  river: Reading,
  { address }: LetterSettings,
  { box, parser, job, uid, place }: { box: LetterBox; parser: Parser; job: Job; uid: number; place: string },
): Promise<Aside | 'gone'> {
  const { database, clock, vault } = river
  const tries = await database.transact(async (tx) => {
    await holdLease(tx, clock, job)
    return beginMail(tx, clock, place)
  })
  const raw = tries > letterLimits.tries ? 'unreadable' : await box.read(uid)
  if (raw === 'gone') return raw
  const parsed = raw === 'unreadable' ? undefined : await parser.parse(raw)
  const letter =
    raw === 'unreadable' || parsed === undefined
      ? unreadable(vault.keyed('letter', place), raw === 'unreadable' ? 0 : raw.contents.attachments)
      : judge(vault, { address, parsed, contents: raw.contents })
  const isReadable = parsed !== undefined
  const kept = await keep(river, job, { letter, place, isReadable })
  return kept.kind === 'left' || !isReadable ? 'Wardline left' : 'Wardline read'
}

/** Nothing is known of it but that it is there; a person finds it among the mail that was left. */
const unreadable = (mailKeyed: string, attachments: number): Judged => ({
  ...{ kind: { kind: 'letter' }, noticeId: null, why: 'no_tag', mailKeyed, senderKeyed: null },
  ...{ from: null, subject: '', words: '', attachments },
})

type Coming = { readonly letter: Judged; readonly place: string; readonly isReadable: boolean }

async function keep(river: Reading, job: Job, coming: Coming): Promise<Kept | { readonly kind: 'known' }> {
  const { database, clock, vault } = river
  const within = <T>(work: (tx: Transaction) => Promise<T>) =>
    database.transact(async (tx) => {
      await holdLease(tx, clock, job)
      return (await isKnownMail(tx, coming.letter.mailKeyed)) ? ({ kind: 'known' } as const) : work(tx)
    })
  try {
    return await within((tx) => keepIn(river, tx, coming))
  } catch (error) {
    // The appeal takes no more words: too many, or too late. They are not lost, and a person sees them.
    if (!(error instanceof Fault) || error.retry !== 'never' || error.code === 'lease_lost') throw error
    return await within((tx) => keepInTray(tx, clock, vault, { ...coming, why: 'appeal_refused' }))
  }
}

async function keepIn(
  { clock, vault, hearings }: Reading,
  tx: Transaction,
  { letter, place, isReadable }: Coming,
): Promise<Kept> {
  const { kind, noticeId, words } = letter
  if (kind.kind !== 'letter') {
    if (kind.kind === 'bounce' && kind.hard && noticeId !== null)
      await markBounced(tx, clock, noticeId, kind.status ?? 'no status')
    return keepNoted(tx, clock, vault, { letter, place })
  }
  const inTray = (why: TrayWhy) => keepInTray(tx, clock, vault, { letter, place, why })
  if (!isReadable) return inTray('unreadable')
  if (noticeId === null) return inTray(letter.why ?? 'no_tag')
  if ((await caseOfNotice(tx, noticeId)) === undefined) return inTray('unknown_notice')
  if (words === '') return inTray('no_words')
  const { appealId } = await recordAppeal(tx, clock, vault, {
    noticeId,
    words,
    door: 'mail',
    settings: hearings,
  })
  return keepThreaded(tx, clock, vault, { letter, place, noticeId, appealId })
}
