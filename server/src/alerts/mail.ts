// Alerts as one mail: gathered, marked with the mail's id before it goes, so that after a crash the same mail goes again.
import { type Clock, type Environment, isProduction, newId } from '#base'
import type { Transaction } from '#db'
import { alertOf, type OperatorAlert } from './store.ts'
import { sentenceOf, todoOf } from './words.ts'

export type Batch = { readonly mailId: string; readonly alerts: readonly OperatorAlert[] }

const hourMs = 3_600_000
/** Older ones were never mailed because there was nowhere to mail them to; the present state is told every day anyway. */
const oldestMs = 48 * hourMs
const mostInOne = 500

/** The mail that was begun and not ended, else a new one of all that is unsaid; undefined when all is said. */
export async function beginMail(tx: Transaction, clock: Clock): Promise<Batch | undefined> {
  const open = tx
    .selectFrom('operator_alerts')
    .selectAll()
    .where('mailed_at', 'is', null)
    .where('created_at', '>', clock.now() - oldestMs)
    .orderBy('id')
    .limit(mostInOne)
  const begun = await open.where('mail_id', 'is not', null).execute()
  const [first] = begun
  if (first?.mail_id) {
    const { mail_id: mailId } = first
    return { mailId, alerts: begun.filter((row) => row.mail_id === mailId).map(alertOf) }
  }
  const fresh = await open.execute()
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
