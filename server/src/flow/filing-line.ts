// What one report's call says of the line to the CyberTipline is acted upon for all: stopped and said once, or opened for everybody.
import { raiseAlert } from '#alerts'
import type { Actor } from '#audit'
import type { Transaction } from '#db'
import { enqueueAllNow } from '#jobs'
import { hastenLine, type LineNews, noteOnLine, readLine } from '#reports'
import type { Desk } from './river.ts'

type Outcome = Parameters<typeof noteOnLine>[3]['outcome']

/** In the transaction that writes the call's result down. */
export async function noteCall(
  { clock, vault, reports }: Pick<Desk, 'clock' | 'vault' | 'reports'>,
  tx: Transaction,
  outcome: Outcome,
): Promise<LineNews> {
  const news = await noteOnLine(tx, clock, vault, { settings: reports, outcome })
  if (news === 'stopped' && outcome.kind === 'fault')
    await raiseAlert(tx, clock, {
      type: 'filing.stopped',
      subject: 'filing',
      severity: 'urgent',
      data: {
        because: outcome.code,
        requestId: outcome.requestId ?? null,
        since: new Date((await readLine(tx)).sinceMs).toISOString(),
      },
    })
  if (news === 'opened') await enqueueAllNow(tx, clock, 'file')
  return news
}

/** After the commit. */
export function sayOfLine({ log }: Pick<Desk, 'log'>, news: LineNews): void {
  if (news === 'stopped')
    log.error(
      {},
      'ALERT: filing is stopped for all reports until the credentials or the way to the CyberTipline are mended ' +
        '(wardline cybertip status; after a change of the configuration start the server again; then wardline reports resume)',
    )
  if (news === 'opened') log.warn({}, 'filing goes on for all reports')
}

/** A person has mended what stopped the line: it is looked at now. False when nothing was in its way. */
export async function resumeFiling({ database, clock, wake }: Desk, by: Actor): Promise<boolean> {
  const closed = await database.transact(async (tx) => {
    const closed = await hastenLine(tx, clock, by)
    if (closed) await enqueueAllNow(tx, clock, 'file')
    return closed
  })
  wake()
  return closed
}
