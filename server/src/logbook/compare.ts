// Is the database older than the logbook? What was begun outside stands in both; what only the logbook knows came later than the database.
import type { Connection } from '#db'
import type { Line } from './line.ts'

/** What the logbook knows of a report or a notice. */
export interface Told {
  readonly subject: string
  readonly caseId: string | undefined
  /** Of a batched report: the other cases it is of. */
  readonly otherCases: readonly string[]
  readonly kind: 'report' | 'notice'
  /** The last thing that was written down of it. */
  readonly last: Line['what']
  readonly at: number
  /** The id that the CyberTipline gave its last submission; undefined when none was heard of. */
  readonly remoteId: string | undefined
}

/** Both databases limit the values of one query: SQLite to 32766. */
const atOnce = 1000

/** Empty: the database knows of everything that was begun. Oldest first. */
export async function compareWithDatabase(db: Connection, lines: readonly Line[]): Promise<readonly Told[]> {
  const begun = lines.filter((one) => one.what.endsWith('_begun') && one.step !== undefined)
  const steps = await known(
    db,
    'report_steps',
    begun.filter(isReport).map((one) => one.step ?? ''),
  )
  const attempts = await attemptsOf(
    db,
    begun.filter((one) => !isReport(one)).map((one) => one.subject),
  )
  const unknown = new Set(
    begun
      .filter((one) =>
        isReport(one) ? !steps.has(one.step ?? '') : (attempts.get(one.subject) ?? 0) < Number(one.step),
      )
      .map((one) => one.subject),
  )
  const told = toldOf(lines)
  return [...unknown].flatMap((subject) => told.get(subject) ?? [])
}

/** What the logbook knows, by report or notice. */
export function toldOf(lines: readonly Line[]): ReadonlyMap<string, Told> {
  const bySubject = Map.groupBy(lines, (one) => one.subject)
  return new Map([...bySubject].map(([subject, its]) => [subject, summary(its)]))
}

const isReport = ({ what }: Line) => what !== 'notice_begun' && what !== 'notice_sent'

function summary(lines: readonly Line[]): Told {
  const inOrder = [...lines].sort((a, b) => a.at - b.at)
  const last = inOrder.at(-1)
  if (last === undefined) throw new Error('nothing was written down of it')
  return {
    subject: last.subject,
    caseId: inOrder.findLast((one) => one.caseId !== undefined)?.caseId,
    otherCases: inOrder.findLast((one) => one.otherCases !== undefined)?.otherCases ?? [],
    kind: isReport(last) ? 'report' : 'notice',
    last: last.what,
    at: last.at,
    remoteId: inOrder.findLast((one) => one.remoteId !== undefined)?.remoteId,
  }
}

async function known(db: Connection, table: 'report_steps', ids: readonly string[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    for (const { id } of await db.selectFrom(table).select('id').where('id', 'in', some).execute()) found.add(id)
  }
  return found
}

async function attemptsOf(db: Connection, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const found = new Map<string, number>()
  for (let from = 0; from < ids.length; from += atOnce) {
    const some = ids.slice(from, from + atOnce)
    const rows = await db.selectFrom('notices').select(['id', 'attempts']).where('id', 'in', some).execute()
    for (const { id, attempts } of rows) found.set(id, attempts)
  }
  return found
}
