// Alerts as one mail: gathered, marked with the mail's id before it goes, so that after a crash the same mail goes again.
import { type Clock, type Environment, isProduction, newId } from '#base'
import type { Transaction } from '#db'
import { alertOf, type OperatorAlert, onceWord } from './store.ts'
import { sentenceOf, todoOf } from './words.ts'

export type Batch = { readonly mailId: string; readonly alerts: readonly OperatorAlert[] }

const hourMs = 3_600_000
/** What is true of a day is told again on the next one; a mail server that was away for longer need not hear of each. */
const oldestDailyMs = 48 * hourMs
/** What is said but once waits for the mail server this long. */
const oldestOnceMs = 30 * 24 * hourMs
const mostInOne = 500

/** The mail that was begun and not ended, else a new one of all that is unsaid; undefined when all is said. */
export async function beginMail(tx: Transaction, clock: Clock): Promise<Batch | undefined> {
  const open = tx
    .selectFrom('operator_alerts')
    .selectAll()
    .where('mailed_at', 'is', null)
    .orderBy('id')
    .limit(mostInOne)
  const [first] = await open.where('mail_id', 'is not', null).execute()
  if (first?.mail_id) {
    // The same mail as before, also when it has grown old meanwhile.
    const alerts = await open.where('mail_id', '=', first.mail_id).execute()
    return { mailId: first.mail_id, alerts: alerts.map(alertOf) }
  }
  const now = clock.now()
  const fresh = await open
    .where((eb) =>
      eb.or([
        eb('created_at', '>', now - oldestDailyMs),
        eb.and([eb('once_key', 'like', `% ${onceWord}`), eb('created_at', '>', now - oldestOnceMs)]),
      ]),
    )
    .execute()
  if (fresh.length === 0) return undefined
  const mailId = newId('mail', clock)
  const ids = fresh.map(({ id }) => id)
  await tx.updateTable('operator_alerts').set({ mail_id: mailId }).where('id', 'in', ids).execute()
  return { mailId, alerts: fresh.map(alertOf) }
}

export async function endMail(tx: Transaction, clock: Clock, mailId: string): Promise<void> {
  await tx
    .updateTable('operator_alerts')
    .set({ mailed_at: clock.now() })
    .where('mail_id', '=', mailId)
    .where('mailed_at', 'is', null)
    .execute()
}

const mostLines = 50

/** Urgent ones first. Ids of ours and our own words, nothing of a report or a person. */
export function mailText(
  environment: Environment,
  { alerts }: Batch,
): { readonly subject: string; readonly text: string } {
  const urgent = alerts.filter(({ severity }) => severity === 'urgent')
  const ordered = [...urgent, ...alerts.filter(({ severity }) => severity !== 'urgent')]
  const [first] = ordered
  const place = isProduction(environment) ? 'Wardline' : `Wardline ${environment}`
  const more = alerts.length > 1 ? ` (and ${alerts.length - 1} more)` : ''
  const subject = `[${place}] ${urgent.length > 0 ? 'URGENT: ' : ''}${first ? sentenceOf(first) : 'nothing'}${more}`
  const lines = ordered
    .slice(0, mostLines)
    .flatMap((alert) => [
      `- ${alert.severity === 'urgent' ? 'URGENT: ' : ''}${sentenceOf(alert)}`,
      `  ${todoOf(alert)}`,
    ])
  const rest = ordered.length > mostLines ? [`... and ${ordered.length - mostLines} more: wardline doctor`] : []
  return { subject: subject.slice(0, 200), text: [...lines, ...rest, ''].join('\n') }
}
