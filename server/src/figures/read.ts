// Walks the trail once, page by page, and counts what ended in the time that was asked for. A page looks up where its things began.
import { setImmediate as breath } from 'node:timers/promises'
import type { Stats } from '@wardline/api'
import { firstLine, trailPage } from '#audit'
import type { Connection } from '#db'
import { type CaseOrigin, firstOf, type Line, lineOf, originsOfCases, textIn } from './origins.ts'
import { figuresOf, openTally, type Tally } from './tally.ts'

export interface Window {
  /** Epoch milliseconds; undefined: from the first line. */
  readonly since?: number | undefined
  /** Not included. */
  readonly until: number
}

const pageLines = 500
const noticeEnds = ['send_notice', 'give_up_notice', 'bounce_notice', 'withhold_notice']
const decisions = ['confirm_case', 'dismiss_case', 'close_case']
const acts = [
  ...['open_case', 'move_case', ...decisions],
  ...['plan_notice', ...noticeEnds],
  ...['open_appeal', 'decide_appeal', 'look_again_at_appeal', 'reopen_appeal'],
]

/** Everything but the environment's name. Tests are left out. */
export async function readFigures(db: Connection, { since, until }: Window): Promise<Omit<Stats, 'environment'>> {
  const groups = new Map<string, Tally>()
  let linesRead = 0
  for (let after: string | undefined; ; ) {
    const page = await trailPage(db, { acts, since, until, after, limit: pageLines })
    linesRead += page.length
    await count(db, page.map(lineOf), { groups, since: since ?? 0 })
    after = page.at(-1)?.id
    if (page.length < pageLines) break
    // SQLite answers at once and without letting go: images are scanned in between.
    await breath()
  }
  const first = await firstLine(db, { act: 'open_case', holding: '"lists":' })
  const of = (kind: string) => [...groups].filter(([key]) => key.startsWith(kind)).sort(([a], [b]) => (a < b ? -1 : 1))
  return {
    since: since ?? null,
    until,
    all: figuresOf(groups.get('all') ?? openTally()),
    byRoute: of('route ').map(([key, tally]) => ({ route: routeOf(key.slice(6)), ...figuresOf(tally) })),
    byList: of('list ').map(([key, tally]) => ({ list: key.slice(5) || null, ...figuresOf(tally) })),
    listsKnownSince: first?.at ?? null,
    linesRead,
  }
}

type Route = CaseOrigin['route']
const routeOf = (text: string): Route => (text === 'report' || text === 'review' ? text : 'unknown')

interface Counting {
  readonly groups: Map<string, Tally>
  readonly since: number
}

async function count(db: Connection, lines: readonly Line[], { groups, since }: Counting): Promise<void> {
  const subjectsOf = (...of: readonly string[]) => [
    ...new Set(lines.flatMap(({ act, subject }) => (of.includes(act) ? [subject] : []))),
  ]
  const plans = await firstOf(db, subjectsOf(...noticeEnds), ['plan_notice'])
  const appeals = await firstOf(db, subjectsOf('decide_appeal', 'look_again_at_appeal', 'reopen_appeal'), [
    'open_appeal',
  ])
  const decided = await firstOf(db, subjectsOf(...decisions), decisions)
  const began = (line: Line) => plans.get(line.subject) ?? appeals.get(line.subject)
  const caseOf = (line: Line) =>
    /_case$/.test(line.act)
      ? line.subject
      : (textIn(line.detail, 'case') ?? textIn(began(line)?.detail ?? {}, 'case') ?? '')
  const origins = await originsOfCases(db, [...new Set(lines.map(caseOf))])
  for (const line of lines) {
    const origin = origins.get(caseOf(line))
    if (origin?.isTest) continue
    const keys = [
      'all',
      `route ${origin?.route ?? 'unknown'}`,
      ...(origin && origin.lists.size > 0 ? [...origin.lists].map((list) => `list ${list}`) : ['list ']),
    ]
    for (const key of keys) {
      const tally = groups.get(key) ?? openTally()
      groups.set(key, tally)
      tallyLine(tally, line, { origin, began: began(line), decided: decided.get(line.subject), since })
    }
  }
}

interface Known {
  readonly origin: CaseOrigin | undefined
  /** Of a notice's line its planning, of an appeal's its opening. */
  readonly began: Line | undefined
  /** Of a case its first decision. */
  readonly decided: Line | undefined
  readonly since: number
}

/** States in which a case still wants something; from any other it has ended once already. */
const open: ReadonlySet<string> = new Set([
  ...['settling', 'set_aside', 'waiting_review', 'waiting_facts', 'reporting', 'cannot_report'],
])

function tallyLine(tally: Tally, line: Line, known: Known): void {
  const { act, detail } = line
  if (act === 'open_case') {
    tally.cases.opened += 1
    tally.cases.stillOpen += 1
  } else if (/_case$/.test(act)) tallyCase(tally, line, known)
  else if (/_appeal$/.test(act)) tallyAppeal(tally, line, known)
  else if (act === 'plan_notice') {
    tally.notices.planned += 1
    if (detail['state'] === 'not_sent') tally.notices.notSent += 1
  } else if (act === 'withhold_notice' || textIn(detail, 'reason') === 'operator_address_changed')
    tally.notices.notSent += 1
  else if (act !== 'send_notice') tally.notices.givenUp += 1
  else {
    tally.notices.sent += 1
    // What follows an appeal or a repair is no notice about the report.
    const { began } = known
    if (began && textIn(began.detail, 'kind') === undefined) tally.timeToNotice.add(line.at - began.at)
  }
}

function tallyCase(tally: Tally, { act, at, detail }: Line, { origin, decided, since }: Known): void {
  const [before = '', after = ''] = [textIn(detail, 'before'), textIn(detail, 'after')]
  const event = textIn(detail, 'event')
  // Also the other way: an end that was in error is looked at again.
  if (origin && origin.openedAt >= since) tally.cases.stillOpen += Number(open.has(after)) - Number(open.has(before))
  if (event === 'report_finished' || event === 'filed_by_hand') {
    tally.cases[event === 'filed_by_hand' ? 'filedByHand' : 'reported'] += 1
    if (origin) tally.timeToReport.add(at - origin.openedAt)
  }
  if (event === 'repaired') tally.cases.repaired += 1
  if (act === 'dismiss_case') tally.cases.dismissed += 1
  if (act === 'close_case') tally.cases.closed += 1
  // Confirmed anew, or looked at again after its end, it was decided before.
  const isFirst = decided?.act === act && decided.at === at
  if (isFirst && open.has(before) && before !== after && origin) tally.timeToDecision.add(at - origin.openedAt)
}

const outcomes: Readonly<Record<string, keyof Tally['appeals'] | undefined>> = {
  upheld: 'upheld',
  overturned_entry: 'overturnedEntry',
  overturned_match: 'overturnedMatch',
  overturned_context: 'overturnedContext',
}

function tallyAppeal({ appeals, timeToHearing }: Tally, { act, at, detail }: Line, { began, since }: Known): void {
  if (act === 'open_appeal') {
    appeals.opened += 1
    appeals.stillOpen += 1
    return
  }
  if (act === 'reopen_appeal') {
    if (began !== undefined && began.at >= since) appeals.stillOpen += 1
    return
  }
  const outcome = outcomes[textIn(detail, 'outcome') ?? '']
  // A second person is still to look at it.
  if (outcome === undefined || detail['isFinal'] === false) return
  appeals[outcome] += 1
  if (began === undefined) return
  timeToHearing.add(at - began.at)
  if (began.at >= since) appeals.stillOpen -= 1
}
