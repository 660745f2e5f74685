// Why a case has no report, and what comes next: for whoever asks about a report that is not there.
import { Fault } from '#base'
import { type CaseState, caseState } from '#cases'
import type { Connection } from '#db'
import { readPause } from '#pause'
import type { Explanation } from './explain.ts'

export type NoReport = Pick<Explanation, 'where' | 'clocks' | 'next'> & {
  readonly caseNumber: number
  readonly environment: string
  readonly isTest: boolean
}

/** Undefined where there is one, and where `ref` is no number of a case. Fault `no_such_case`. */
export async function explainNoReport(db: Connection, ref: string): Promise<NoReport | undefined> {
  if (!/^\d{1,9}$/.test(ref)) return undefined
  const found = await caseOf(db, Number(ref))
  if (found === undefined) throw new Fault('no_such_case', 'there is no such case', { retry: 'never' })
  if (found.reports > 0) return undefined
  const { number, environment, state, settles_at, facts_due_at } = found
  const paused = (await readPause(db)) !== undefined
  const clocks = {
    settling: [{ at: settles_at, words: 'it is filed by rule from then on' }],
    waiting_facts: facts_due_at === null ? [] : [{ at: facts_due_at, words: 'it is filed as it is' }],
  }
  return {
    caseNumber: number,
    environment,
    isTest: found.is_test === 1,
    where: `${whyNone(state, found)}${paused ? '; PAUSED: nothing is filed' : ''}`,
    clocks: state === 'settling' || state === 'waiting_facts' ? clocks[state] : [],
    next: nextOf(state, found),
  }
}

type Found = NonNullable<Awaited<ReturnType<typeof caseOf>>>

async function caseOf(db: Connection, number: number) {
  const row = await db
    .selectFrom('cases')
    .select(['id', 'number', 'environment', 'reportable', 'is_test', 'settles_at', 'facts_due_at', 'decided_at'])
    .select((eb) =>
      eb
        .selectFrom('report_cases')
        .whereRef('report_cases.case_id', '=', 'cases.id')
        .select((count) => count.fn.countAll<number>().as('count'))
        .as('reports'),
    )
    .where('number', '=', number)
    .executeTakeFirst()
  return row && { ...row, reports: Number(row.reports ?? 0), state: await caseState(db, row.id) }
}

function whyNone(state: CaseState, { reportable, decided_at }: Found): string {
  const day = decided_at === null ? '' : ` on ${new Date(decided_at).toISOString().slice(0, 10)}`
  switch (state) {
    case 'settling':
      return 'not written yet: further finds on the account join the case first'
    case 'set_aside':
      return 'held back: an entry the case rests on was hit by too many accounts, or a repair doubts it; a person decides about that'
    case 'waiting_review':
      return reportable === 'never'
        ? 'there will be none: what was found is of a class that is never reported; a person decides what becomes of it'
        : 'not written yet: the case waits for a person, and time alone neither files nor dismisses it'
    case 'waiting_facts':
      return 'not written yet: it would say too little to act on, and the platform has time to say more'
    case 'cannot_report':
      return 'not written yet: the case is preserved, and there are no CyberTipline credentials'
    case 'reporting':
      return 'to be written this moment'
    case 'dismissed':
      return `there is none: a person dismissed the case${day}`
    case 'closed':
      return `there is none: what was found is never reported, and a person closed the case${day}`
    case 'repaired':
      return 'there is none: the case was an error, and what was done about it is undone'
    case 'reviewed_again':
      return 'there is none here, though the case was reported; a person looks at it once more, which files nothing'
    case 'reported':
    case 'tested':
      return 'there is none here, though the case is over'
  }
}

function nextOf(state: CaseState, { number, environment, reportable, is_test }: Found): NoReport['next'] {
  const look = { words: 'look at the case', command: `wardline cases show ${number}` }
  const confirm = { words: 'report it', command: `wardline cases confirm ${number} --as EMAIL` }
  const dismiss = {
    words: 'or, if it is harmless',
    command: `wardline cases dismiss ${number} --as EMAIL --reason TEXT`,
  }
  const close = {
    words: 'once it is dealt with elsewhere',
    command: `wardline cases close ${number} --as EMAIL --reason TEXT`,
  }
  switch (state) {
    case 'settling':
      return [
        { words: 'nothing: a running server writes and files it by itself', command: 'wardline doctor' },
        { ...confirm, words: 'or, when you know something urgent (--escalate TEXT), have it filed now, in your words' },
      ]
    case 'set_aside':
      return [
        { words: 'see the entry, and release, keep or decide it', command: 'wardline lists set-aside list' },
        { words: 'or decide this case alone', command: `wardline cases show ${number}` },
      ]
    case 'waiting_review':
      if (reportable === 'never') return [look, close, dismiss]
      return environment === 'production' || is_test === 1
        ? [look, confirm, dismiss]
        : [look, { ...confirm, words: 'report it to nobody, if it is a test; a real match is refused here' }, dismiss]
    case 'waiting_facts':
      return [
        { words: 'let the platform say what is missing (POST /v1/scans/ID/context)', command: look.command },
        { ...confirm, words: 'or have it filed as it is' },
      ]
    case 'cannot_report':
      return [
        { words: 'see which credentials are missing, and configure them', command: 'wardline doctor' },
        { words: 'then start the server again; it is filed by itself', command: 'wardline serve' },
      ]
    case 'reporting':
      return [{ words: 'ask again in a moment; if it stays so', command: 'wardline doctor' }]
    case 'reviewed_again':
      return [{ words: 'see what is in doubt, and decide', command: 'wardline repair list' }, look]
    case 'dismissed':
    case 'closed':
    case 'reported':
    case 'repaired':
    case 'tested':
      return [{ words: 'nothing; who decided and why stands in the case', command: look.command }]
  }
}
